// People as dots that move through the career graph, and the career of one of them.
"use strict";
window.crowds = (() => {
  const { $, put, make, fill, count } = careerflows.tools;
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
    put("cf-changed-words", fill(found.all_changed ? careerflows.words().people_changed : careerflows.words().people_same,
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
    dots.forEach((dot, k) => dot.classList.toggle("cf-faint", !inGroup(k)));
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
    put("cf-year-words", fill(year ? careerflows.words().end_of : careerflows.words().begin_of, { year: year ? shown : 2022 }));
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
    put("cf-play", timer === null ? careerflows.words().play : careerflows.words().pause);
    $("cf-play").setAttribute("aria-pressed", timer !== null);
  }
  function follow(number) {
    if (!crowd) return;
    const all = crowd.with.length;
    followed = (number + all) % all;
    dots.forEach((dot, k) => dot.classList.toggle("cf-followed", k === followed));
    emitEvent("cf_follow", { person: followed });
  }
  const inGroup = (k) => !careerflows.view() || !crowd.groups[careerflows.view().group] || crowd.groups[careerflows.view().group][k];
  function nextChanged(step) {
    if (!crowd) return;
    const all = crowd.with.length, any = crowd.changed.some((changed, k) => changed && inGroup(k));
    let at = followed === null ? (step > 0 ? -1 : all) : followed;
    for (let k = 0; k < all; k++) {
      at = (at + step + all) % all;
      if (inGroup(at) && (!any || crowd.changed[at])) return follow(at);
    }
  }
  function story(person) {
    put("cf-who", person.who);
    for (const [k, id] of [[0, "cf-life-without"], [1, "cf-life-with"]]) {
      const life = person.careers[k], rows = [[2022, life.start, 0], ...life.events.map((one) => [one.year, one.text, one.leak])];
      $(id).replaceChildren(...rows.map(([when, text, leak]) => {
        const row = document.createElement("li");
        row.append(Object.assign(document.createElement("b"), { textContent: when }), ` ${text}`);
        if (leak) row.append(Object.assign(document.createElement("span"), { className: "cf-mark", textContent: leak, title: careerflows.words().leak_point }));
        return row;
      }));
    }
    put("cf-same", person.same ? careerflows.words().same_life : "");
    $("cf-lives").scrollIntoView({ block: "nearest" });
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
  return { drawPlaces, people, story };
})();
