// Draws what the server tells: numbers go into what is on the page already, nothing is built anew. People stand in people.js.
"use strict";
window.careerflows = (() => {
  const BLUE = "#0072B2", VERMILLION = "#D55E00", GREY = "#9DA8AF", INK = "#1F2A30";
  const SVG = "http://www.w3.org/2000/svg";
  let texts = {}, language = "en", charts = {}, last = null, awaited = 0, levels = false;
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
  let whole = new Intl.NumberFormat(language), tenths = whole;  // made once for a language: making one takes long
  const count = (value, to = 1) => whole.format(rounded(value, to));
  const change = (value, to = 1) => {
    const number = rounded(value, to);
    return number ? (number > 0 ? "+" : "−") + whole.format(Math.abs(number)) : "0";
  };
  const halfOf = (curve, at) => curve.low[at] === null ? null : (curve.high[at] - curve.low[at]) / 2;
  const toOf = (mean, half) => half === null ? Math.max(1, 10 ** (Math.floor(Math.log10(Math.abs(mean) || 1)) - 1))
    : stepOf(half);
  const sure = (low, high) => low !== null && (low > 0 || high < 0);

  function setup(config) {
    ({ texts, language, charts } = config);
    whole = new Intl.NumberFormat(language);
    tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    document.documentElement.lang = language;
    document.querySelectorAll("#popup span").forEach((span, k) => { span.textContent = [texts.lost, texts.trying][k] ?? ""; });
    if (!last) setTimeout(() => last || put("cf-what", texts.compiling), 8000);
    if (config.drawing) drawFlows(config.drawing);
    if (config.places) crowds.drawPlaces(config.places);
    // A chart that was just built is emptied once by its component, some moments after it is there.
    for (const moment of [0, 150, 600]) setTimeout(() => last && show(last), moment);
  }

  function show(view) {
    last = view;
    const ready = Object.values(charts).map((id) => window.getElement && getElement(id)?.chart);
    if (!ready.length || ready.some((chart) => !chart)) { requestAnimationFrame(() => last === view && show(view)); return; }
    const at = view.years.length - 1, main = view.curves.technicians;
    levels = Object.keys(view.measures).length === 0;
    document.body.classList.toggle("cf-veiled", view.veiled);
    document.body.classList.toggle("cf-nothing", levels);
    if (view.number >= awaited) document.body.classList.remove("cf-waiting");
    headline(view, main, at);
    tiles(view, at);
    const small = [];
    Object.keys(charts).forEach((name, k) => {
      const draw = () => curve(ready[k], view.curves[name], view.years, levels);
      if (k) small.push(draw); else draw();
    });
    // The small curves, and what nobody looks at, are drawn when the hand rests: the computing needs the processor too.
    setTimeout(() => last === view && small.forEach((draw) => draw()), 120);
    const panels = [["cf-leak-1", leaks], ["cf-flows", flows]];
    const hidden = panels.filter(([id, draw]) => !$(id)?.checkVisibility() || draw(view));
    setTimeout(() => last === view && hidden.forEach(([, draw]) => draw(view)), 300);
    document.body.dataset.move = view.number;
    document.body.dataset.runs = view.runs;
    document.body.dataset.complete = view.runs >= view.of;
    document.dispatchEvent(new CustomEvent("careerflows:drawn", { detail: view }));
  }

  // Something else is wanted now: what stands here is the answer to what was chosen before.
  function waiting(number) {
    awaited = number;
    document.body.classList.add("cf-waiting");
  }

  // What changes many times a second in a hand is put in place by itself: the page would render all its elements for it.
  const placed = (id, put, tries = 60) => {
    const at = $(id);
    if (at) put(at); else if (tries) requestAnimationFrame(() => placed(id, put, tries - 1));
  };
  const told = (id, text) => placed(id, (at) => { at.textContent = text; });
  const slide = (id, value) => placed(id, (at) => { at.value = value; });

  function headline(view, main, at) {
    const half = halfOf(main, at), mean = main.mean[at], to = toOf(mean, half);
    const nothing = levels, known = !nothing && sure(main.low[at], main.high[at]);
    put("cf-number", nothing ? count(main.base[at - 1], 1000) : change(mean, to));
    put("cf-what", fill(nothing ? texts.headline_baseline : texts.headline, { year: view.years[at], group: view.group_words }));
    let sub = texts.headline_move;
    if (!nothing) {
      sub = half === null ? fill(texts.first_run, { of: view.of })
        : fill(known ? texts.interval : texts.interval_zero,
          { low: change(main.low[at], to), high: change(main.high[at], to), runs: view.runs });
    }
    put("cf-sub", sub);
    put("cf-level", nothing ? "" : fill(texts.levels, { base: count(main.base[at - 1], 1000), now: count(main.level[at - 1], 1000) }));
    put("cf-curve-title", fill(nothing ? texts.curve_levels : texts.curve_title, { group: view.group_words }));
    $("cf-number").style.color = !known ? INK : mean > 0 ? BLUE : VERMILLION;
    $("cf-progress").style.width = `${100 * view.runs / view.of}%`;
  }

  // A change as the runs let one know it, and its interval; a first run alone has none.
  function found(one, at) {
    const half = halfOf(one, at), to = toOf(one.mean[at], half);
    if (half === null) return [change(one.mean[at], to), ""];
    if (!one.low[at] && !one.high[at]) return ["0", ""];
    const between = ` (${fill(texts.between, { low: change(one.low[at], to), high: change(one.high[at], to) })})`;
    return [sure(one.low[at], one.high[at]) ? change(one.mean[at], to) : "≈ 0", between];
  }

  function tiles(view, at) {
    put("cf-women", `${tenths.format(view.share.base)}% → ${tenths.format(view.share.now)}%`);
    const women = view.curves.women, [more, between] = found(women, at);
    put("cf-women-more", levels ? "" : `${fill(texts.women_more, { number: more })}${between}`);
    for (const name of ["vacancies", "posts"]) {
      const one = view.curves[name], [number, around] = found(one, at), base = count(one.base[at - 1], 1000);
      put(`cf-${name}`, levels ? base : number);
      put(`cf-${name}-base`, levels ? "" : `${fill(texts.of_base, { base })}${around}`);
    }
    const list = $("cf-cost");
    const lines = view.cost.length ? [view.cost[0]] : [[texts.cost_none, ""]];
    for (const [who, what] of view.cost.slice(1)) {  // payers of whom the same is known stand on one line
      const same = lines.slice(1).find((line) => line[1] === what);
      if (same) same[0] += `, ${who}`; else lines.push([who, what]);
    }
    list.replaceChildren(...lines.map(([who, what], k) => {
      const row = document.createElement("div");
      row.className = k ? "cf-payer" : "cf-total";
      for (const text of [who, what]) row.append(Object.assign(document.createElement("span"), { textContent: text }));
      return row;
    }));
  }

  // Differences with the baseline and their interval; where nothing is chosen, how many there are.
  function curve(chart, data, years, levels) {
    const points = (numbers) => years.map((year, k) => [year, numbers[k]]);
    const band = levels || data.low[1] === null, mean = levels ? [null, ...data.base] : data.mean;
    chart.setOption({
      yAxis: { scale: levels },
      series: [
        { id: "low", data: points(band ? mean : data.low) },
        { id: "band", data: years.map((year, k) => [year, band ? 0 : data.high[k] - data.low[k]]) },
        { id: "mean", data: points(mean) },
      ],
    });
  }

  function leaks(view) {
    const widest = Math.max(...view.leaks.map((leak) => Math.abs(leak.mean)), 500);
    for (const leak of view.leaks) {
      const row = $(`cf-leak-${leak.point}`);
      if (!row) continue;
      const half = leak.low === null ? null : (leak.high - leak.low) / 2;
      const known = sure(leak.low, leak.high);
      const bar = row.querySelector(".cf-bar");
      const share = 50 * Math.abs(leak.mean) / widest;
      bar.style.left = `${leak.mean < 0 ? 50 - share : 50}%`;
      bar.style.width = `${share}%`;
      bar.className = `cf-bar ${known ? leak.mean > 0 ? "cf-more" : "cf-fewer" : "cf-unsure"}`;
      const number = known || half === null ? change(leak.mean, toOf(leak.mean, half)) : "≈ 0";
      row.querySelector(".cf-change").textContent = levels ? "" : number;
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
    [...drawing.lines, ...drawing.inside.lines].forEach((one, k) => {
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

  // The deeper, the more of the people on the line; from some tenth of them on it is full.
  function shade(colour, share) {
    const part = Math.min(1, 0.45 + 5 * share);
    return `rgb(${[1, 3, 5].map((k) => Math.round(255 - part * (255 - parseInt(colour.slice(k, k + 2), 16)))).join(" ")})`;
  }

  function flows(view) {
    const drawing = drawFlows.drawing;
    if (!drawing || lines.length !== view.flows.length) return;
    const most = Math.max(...view.flows.slice(0, -2).map(([people]) => people), 1);
    view.flows.forEach(([people, difference, half, known], k) => {
      const { path, tip, label, name } = lines[k];
      const inner = k >= view.flows.length - 2;
      const colour = known ? shade(difference > 0 ? BLUE : VERMILLION, Math.abs(difference) / Math.max(people, 1)) : GREY;
      path.setAttribute("stroke-width", inner ? 3 : Math.max(2, drawing.widest * people / most));
      path.setAttribute("stroke", colour);
      tip.setAttribute("fill", colour);
      const number = known ? change(difference, toOf(difference, half)) : count(people, people >= 9950 ? 1000 : 100);
      label.textContent = number;
      label.setAttribute("class", known ? `cf-flow-number cf-bold ${difference > 0 ? "cf-text-more" : "cf-text-fewer"}` : "cf-flow-number");
      path.firstChild.textContent = `${name}: ${count(people, 100)} ${texts.a_year}, ${known ? change(difference, toOf(difference, half)) : texts.no_difference}`;
    });
  }

  const axis = (value) => levels ? count(value) : change(value);
  return { setup, show, waiting, told, slide, axis, view: () => last, words: () => texts, tools: { $, put, make, fill, count } };
})();
