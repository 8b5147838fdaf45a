// Draws what the server tells: numbers go into what is on the page already, nothing is built anew.
"use strict";
window.careerflows = (() => {
  const BLUE = "#0072B2", VERMILLION = "#D55E00", GREY = "#9DA8AF", INK = "#1F2A30";
  const SVG = "http://www.w3.org/2000/svg";
  let told = null, texts = {}, language = "en", charts = {}, last = null;
  const $ = (id) => document.getElementById(id);
  const put = (id, text) => { const at = $(id); if (at && at.textContent !== text) at.textContent = text; };
  const make = (name, attributes, parent) => {
    const found = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
    if (parent) parent.append(found);
    return found;
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // Numbers, rounded to what their interval lets one know.
  const stepOf = (half) => half >= 5 ? 10 ** Math.floor(Math.log10(half / 5)) : 1;
  const rounded = (value, to) => Math.sign(value) * Math.floor(Math.abs(value) / to + 0.5) * to;
  const count = (value, to = 1) => new Intl.NumberFormat(language).format(rounded(value, to));
  const change = (value, to = 1) => {
    const number = rounded(value, to);
    return number ? (number > 0 ? "+" : "−") + new Intl.NumberFormat(language).format(Math.abs(number)) : "0";
  };
  const halfOf = (curve, at) => curve.low[at] === null ? null : (curve.high[at] - curve.low[at]) / 2;
  const toOf = (mean, half) => half === null ? Math.max(1, 10 ** (Math.floor(Math.log10(Math.abs(mean) || 1)) - 1))
    : stepOf(half);
  const sure = (low, high) => low !== null && (low > 0 || high < 0);

  function setup(config) {
    ({ texts, language, charts } = config);
    document.documentElement.lang = language;
    document.querySelectorAll("#popup span").forEach((span, k) => { span.textContent = [texts.lost, texts.trying][k] ?? ""; });
    if (!last) setTimeout(() => last || put("cf-what", texts.compiling), 8000);
    if (config.drawing) drawFlows(config.drawing);
    if (config.places) drawPlaces(config.places);
    // A chart that was just built is emptied once by its component, some moments after it is there.
    for (const moment of [0, 150, 600]) setTimeout(() => last && show(last), moment);
  }

  function show(view) {
    last = view;
    const ready = Object.values(charts).map((id) => window.getElement && getElement(id)?.chart);
    if (!ready.length || ready.some((chart) => !chart)) { requestAnimationFrame(() => last === view && show(view)); return; }
    const at = view.years.length - 1, main = view.curves.technicians;
    headline(view, main, at);
    tiles(view, at);
    Object.keys(charts).forEach((name, k) => curve(ready[k], view.curves[name], view.years));
    // What nobody looks at is drawn when the hand rests.
    const panels = [["cf-leak-1", leaks], ["cf-flows", flows]];
    const hidden = panels.filter(([id, draw]) => !$(id)?.checkVisibility() || draw(view));
    setTimeout(() => last === view && hidden.forEach(([, draw]) => draw(view)), 300);
    document.body.dataset.move = view.number;
    document.body.dataset.runs = view.runs;
    document.body.dataset.complete = view.runs >= view.of;
    document.dispatchEvent(new CustomEvent("careerflows:drawn", { detail: view }));
  }

  function headline(view, main, at) {
    const half = halfOf(main, at), mean = main.mean[at], to = toOf(mean, half);
    const nothing = Object.keys(view.measures).length === 0;
    put("cf-number", nothing ? count(main.base[at - 1], 1000) : change(mean, to));
    put("cf-what", fill(nothing ? texts.headline_baseline : texts.headline, { year: view.years[at], group: view.group_words }));
    let sub = texts.headline_move;
    if (!nothing) {
      sub = half === null ? fill(texts.first_run, { of: view.of })
        : fill(sure(main.low[at], main.high[at]) ? texts.interval : texts.interval_zero,
          { low: change(main.low[at], to), high: change(main.high[at], to), runs: view.runs });
    }
    put("cf-sub", sub);
    put("cf-level", nothing ? "" : fill(texts.levels, { base: count(main.base[at - 1], 1000), now: count(main.level[at - 1], 1000) }));
    $("cf-number").style.color = nothing || !mean ? INK : mean > 0 ? BLUE : VERMILLION;
    $("cf-progress").style.width = `${100 * view.runs / view.of}%`;
  }

  function tiles(view, at) {
    const share = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    put("cf-women", `${share.format(view.share.base)}% → ${share.format(view.share.now)}%`);
    const vacancies = view.curves.vacancies;
    put("cf-vacancies", change(vacancies.mean[at], toOf(vacancies.mean[at], halfOf(vacancies, at))));
    put("cf-vacancies-base", fill(texts.of_base, { base: count(vacancies.base[at - 1], 1000) }));
    const women = view.curves.women;
    put("cf-women-more", fill(texts.women_more, { number: change(women.mean[at], toOf(women.mean[at], halfOf(women, at))) }));
    const list = $("cf-cost");
    list.replaceChildren(...(view.cost.length ? view.cost : [[texts.cost_none, ""]]).map(([who, what], k) => {
      const row = document.createElement("div");
      row.className = k ? "cf-payer" : "cf-total";
      for (const text of [who, what]) row.append(Object.assign(document.createElement("span"), { textContent: text }));
      return row;
    }));
  }

  function curve(chart, data, years) {
    const points = (numbers) => years.map((year, k) => [year, numbers[k]]);
    const band = data.low[1] === null;
    chart.setOption({
      series: [
        { id: "low", data: points(band ? data.mean : data.low) },
        { id: "band", data: years.map((year, k) => [year, band ? 0 : data.high[k] - data.low[k]]) },
        { id: "mean", data: points(data.mean) },
      ],
    });
  }

  function leaks(view) {
    const widest = Math.max(...view.leaks.map((leak) => Math.abs(leak.mean)), 500);
    for (const leak of view.leaks) {
      const row = $(`cf-leak-${leak.point}`);
      if (!row) continue;
      const half = leak.low === null ? null : (leak.high - leak.low) / 2;
      const known = half === null ? leak.mean !== 0 : sure(leak.low, leak.high);
      const bar = row.querySelector(".cf-bar");
      const share = 50 * Math.abs(leak.mean) / widest;
      bar.style.left = `${leak.mean < 0 ? 50 - share : 50}%`;
      bar.style.width = `${share}%`;
      bar.className = `cf-bar ${known ? leak.mean > 0 ? "cf-more" : "cf-fewer" : "cf-unsure"}`;
      row.querySelector(".cf-change").textContent = known ? change(leak.mean, toOf(leak.mean, half)) : "≈ 0";
      row.querySelector(".cf-base").textContent = count(leak.base, 100);
    }
  }

  // The flow diagram: built once, then only widths, colours and numbers change.
  let lines = [];
  function drawFlows(drawing) {
    const root = $("cf-flows");
    if (!root) return;
    root.replaceChildren();
    root.setAttribute("viewBox", `0 0 ${drawing.size[0]} ${drawing.size[1]}`);
    lines = [];
    const ground = make("g", {}, root), boxes = make("g", {}, root), labels = make("g", {}, root);
    const line = (one) => {
      const path = make("path", { d: one.path, fill: "none", stroke: GREY, opacity: 0.7 }, ground);
      make("title", {}, path).textContent = one.name;
      const [x, y, dx, dy] = one.tip;
      const tip = make("path", { d: "M0 0L-13 -7L-13 7Z", fill: GREY,
        transform: `translate(${x} ${y}) rotate(${Math.atan2(dy, dx) * 180 / Math.PI})` }, ground);
      const label = make("text", { x: one.label[0], y: one.label[1], "text-anchor": one.label[2], class: "cf-flow-number" }, labels);
      lines.push({ path, tip, label, name: one.name });
    };
    drawing.lines.forEach(line);
    for (const box of drawing.boxes) {
      if (box.kind !== "text") make("rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 8, class: `cf-box cf-${box.kind}` }, boxes);
      words(boxes, box, box.top ? box.y + 26 : box.y + box.height / 2, box.kind === "technical");
    }
    for (const box of drawing.inside.boxes) {
      make("rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 8, class: "cf-box cf-inner" }, boxes);
      words(boxes, box, box.y + box.height / 2, false);
    }
    drawing.inside.lines.forEach((one) => line(one));
    for (const { path, tip } of lines.slice(-2)) { boxes.append(path, tip); }
    drawFlows.drawing = drawing;
    drawing.lines.forEach((one, k) => {
      if (!one.leak) return;
      const at = lines[k].path, middle = at.getPointAtLength(at.getTotalLength() * 0.42);
      const mark = make("g", { transform: `translate(${middle.x} ${middle.y})` }, labels);
      make("circle", { r: 10, class: "cf-badge" }, mark);
      make("text", { y: 4.5, "text-anchor": "middle", class: "cf-badge-number" }, mark).textContent = one.leak;
    });
  }

  function words(parent, box, y, bold) {
    const text = make("text", { "text-anchor": "middle", class: bold ? "cf-box-text cf-bold" : "cf-box-text" }, parent);
    box.text.forEach((row, k) => {
      make("tspan", { x: box.x + box.width / 2, y: y + 5 + 16 * (k - (box.text.length - 1) / 2) }, text).textContent = row;
    });
  }

  function flows(view) {
    const drawing = drawFlows.drawing;
    if (!drawing || lines.length !== view.flows.length) return;
    const most = Math.max(...view.flows.slice(0, -2).map(([people]) => people), 1);
    view.flows.forEach(([people, difference, half, known], k) => {
      const { path, tip, label, name } = lines[k];
      const inner = k >= view.flows.length - 2;
      const colour = known ? difference > 0 ? BLUE : VERMILLION : GREY;
      path.setAttribute("stroke-width", inner ? 3 : Math.max(2, drawing.widest * people / most));
      path.setAttribute("stroke", colour);
      tip.setAttribute("fill", colour);
      const number = known ? change(difference, toOf(difference, half)) : count(people, people >= 9950 ? 1000 : 100);
      label.textContent = number;
      label.setAttribute("class", known ? `cf-flow-number cf-bold ${difference > 0 ? "cf-text-more" : "cf-text-fewer"}` : "cf-flow-number");
      path.firstChild.textContent = `${name}: ${count(people, 100)} ${texts.a_year}, ${known ? change(difference, toOf(difference, half)) : texts.no_difference}`;
    });
  }

  // People as dots.
  let crowd = null, dots = [], places = [], year = 0, timer = null, followed = null, side = "with";
  function drawPlaces(found) {
    const root = $("cf-people");
    if (!root) return;
    root.replaceChildren();
    places = found;
    const boxes = make("g", {}, root);
    for (const place of places) {
      const technical = place.name.startsWith("technical") || place.name === "other_sector";
      make("rect", { x: place.x, y: place.y, width: place.width, height: place.height, rx: 8, class: `cf-box cf-${technical ? "technical" : "other"}` }, boxes);
      make("text", { x: place.x + 8, y: place.y + 17, class: technical ? "cf-box-text cf-bold" : "cf-box-text" }, boxes).textContent = place.text;
    }
    dots = [];
    if (crowd) people(crowd);
  }

  function people(found) {
    crowd = found;
    const root = $("cf-people");
    if (!root || !places.length) return;
    while (dots.length > found.with.length) dots.pop().remove();
    while (dots.length < found.with.length) {
      const number = dots.length;
      const dot = make("circle", { r: 5, class: "cf-dot", "data-person": number }, root);
      dot.addEventListener("click", () => follow(number));
      dots.push(dot);
    }
    found.changed.forEach((changed, k) => dots[k].classList.toggle("cf-changed", changed));
    put("cf-changed-words", fill(found.all_changed ? texts.people_changed : texts.people_same,
      { shown: found.with.length, changed: found.changed.filter(Boolean).length, all: count(found.all_changed, 1000) }));
    const slider = $("cf-year");
    slider.max = found.with[0].length - 1;
    place();
    if (followed !== null) follow(Math.min(followed, found.with.length - 1));
  }

  function place() {
    if (!crowd) return;
    const here = places.map(() => []);
    crowd[side].forEach((years, k) => here[years[year]].push(k));
    here.forEach((members, p) => {
      const { x, y, width, height } = places[p];
      const top = 26, gap = Math.max(5, Math.min(14, Math.sqrt((width - 12) * (height - top - 6) / Math.max(members.length, 1))));
      const columns = Math.max(1, Math.floor((width - 12) / gap));
      members.forEach((k, n) => {
        dots[k].style.transform = `translate(${x + 6 + gap / 2 + (n % columns) * gap}px, ${y + top + gap / 2 + Math.floor(n / columns) * gap}px)`;
        dots[k].setAttribute("r", Math.min(5, gap / 2 - 0.6));
      });
    });
    const shown = 2021 + year;
    put("cf-year-words", fill(year ? texts.end_of : texts.begin_of, { year: year ? shown : 2022 }));
    $("cf-year").value = year;
    $("cf-year").setAttribute("aria-valuetext", $("cf-year-words").textContent);
  }

  const goto = (to) => {
    if (!crowd) return;
    year = Math.max(0, Math.min(to, crowd.with[0].length - 1));
    place();
  };
  function play(on = timer === null) {
    clearInterval(timer);
    timer = null;
    if (on) {
      if (crowd && year >= crowd.with[0].length - 1) goto(0);
      timer = setInterval(() => {
        if (!crowd || year >= crowd.with[0].length - 1) return play(false);
        goto(year + 1);
      }, 2000 / Number($("cf-speed").value));
    }
    put("cf-play", timer === null ? texts.play : texts.pause);
    $("cf-play").setAttribute("aria-pressed", timer !== null);
  }
  function follow(number) {
    if (!crowd) return;
    const all = crowd.with.length;
    followed = (number + all) % all;
    dots.forEach((dot, k) => dot.classList.toggle("cf-followed", k === followed));
    emitEvent("cf_follow", { person: followed });
  }
  function nextChanged(step) {
    if (!crowd) return;
    const all = crowd.with.length, any = crowd.changed.some(Boolean);
    let at = followed === null ? (step > 0 ? -1 : all) : followed;
    for (let k = 0; k < all; k++) {
      at = (at + step + all) % all;
      if (!any || crowd.changed[at]) return follow(at);
    }
  }
  function story(person) {
    put("cf-who", person.who);
    for (const [k, id] of [[0, "cf-life-without"], [1, "cf-life-with"]]) {
      const life = person.careers[k], rows = [[2022, life.start, 0], ...life.events.map((one) => [one.year, one.text, one.leak])];
      $(id).replaceChildren(...rows.map(([when, text, leak]) => {
        const row = document.createElement("li");
        row.append(Object.assign(document.createElement("b"), { textContent: when }), ` ${text}`);
        if (leak) row.append(Object.assign(document.createElement("span"), { className: "cf-mark", textContent: leak, title: texts.leak_point }));
        return row;
      }));
    }
    put("cf-same", person.same ? texts.same_life : "");
  }
  document.addEventListener("click", (event) => {
    const action = event.target.closest?.("[data-cf]")?.dataset.cf;
    if (action === "play") play();
    if (action === "back") { play(false); goto(year - 1); }
    if (action === "step") { play(false); goto(year + 1); }
    if (action === "previous") nextChanged(-1);
    if (action === "next") nextChanged(1);
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "cf-year") { play(false); goto(Number(event.target.value)); }
    if (event.target.id === "cf-speed" && timer !== null) play(true);
    if (event.target.name === "cf-side") { side = event.target.value; place(); }
  });
  const axis = (value) => change(value);
  return { setup, show, people, story, play, axis, view: () => last };
})();
