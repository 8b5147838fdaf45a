// The page of a participant: joins, answers, shows. Everything is put in as text.
"use strict";
(async () => {
  const $ = (id) => document.getElementById(id);
  const got = async (path) => {  // asked again until it comes: a phone may lose the network at any moment
    for (;;) {
      try { return await (await fetch(path)).json(); }
      catch { await new Promise((done) => setTimeout(done, 1000)); }
    }
  };
  const all = await got("/room/texts");
  let language = localStorage.getItem("careerflows-language") || (navigator.language.startsWith("nl") ? "nl" : "en");
  let state = null, source = null, asked = null, joined = false, askedBefore = false;
  const say = (key, values = {}) => all[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const count = (number) => new Intl.NumberFormat(language).format(number);
  const signed = (number) => (number > 0 ? "+" : number < 0 ? "−" : "") + count(Math.abs(number));
  const show = (id, on) => { $(id).hidden = !on; };

  function words() {
    document.documentElement.lang = language;
    $("language").textContent = language === "en" ? "Nederlands" : "English";
    $("language").lang = language === "en" ? "nl" : "en";
    for (const key of ["join-title", "join-label", "join-button", "send"]) $(key).textContent = say(key);
    draw();
  }
  $("language").onclick = () => {
    language = language === "en" ? "nl" : "en";
    localStorage.setItem("careerflows-language", language);
    asked = null;
    words();
  };

  async function join(code) {
    $("join-wrong").textContent = "";
    if (!code) return show("join", true);
    const answer = await fetch("/room/join", { method: "POST", body: JSON.stringify({ code }) });
    if (answer.ok) return listen();
    show("join", true);
    $("join-wrong").textContent = say(answer.status === 429 ? "wait_a_moment" : "wrong_code");
  }
  $("join").onsubmit = (event) => { event.preventDefault(); join($("code").value).catch(() => lost()); };

  function lost() { $("state").textContent = say("connecting"); }
  function listen() {
    joined = true;
    show("join", false);
    source?.close();
    source = new EventSource("/room/events");
    source.onmessage = (event) => { state = JSON.parse(event.data); $("state").textContent = ""; draw(); };
    source.onerror = () => {
      lost();
      if (source.readyState !== EventSource.CLOSED) return;  // it tries again by itself
      setTimeout(enter, 1000);
    };
  }
  async function enter() {
    const now = await got("/room/now");
    $("state").textContent = "";
    if (now.joined) return listen();
    joined = false;
    state = null;
    draw();
    join(new URLSearchParams(location.search).get("code") || "").catch(() => { lost(); setTimeout(enter, 1000); });
  }

  function draw() {
    show("wait", joined && (!state || state.phase === "waiting"));
    show("round", Boolean(state?.question));
    askedBefore ||= Boolean(state?.question);
    $("wait-title").textContent = say(askedBefore ? "wait_again" : "wait-title");
    if (!state) return;
    const now = state.headline;
    $("now").textContent = now.change === null ? "" : say("now", { change: signed(now.change), year: now.year });
    if (!state.question) { asked = null; return; }
    const question = state.question, open = state.phase === "open";
    $("question").textContent = question.text[language];
    if (asked !== question.id) ask(question);
    show("answer", open);
    $("mine").textContent = state.mine === null ? (open ? "" : say("no_answer"))
      : say(open ? "sent" : "yours", { answer: worded(question, state.mine) });
    spread(question);
    $("model").textContent = state.phase === "revealed" ? state.model.text[language]
      : open ? say(state.count === 1 ? "answers_one" : "answers", { count: state.count }) : say("model_soon");
  }
  const worded = (question, value) => question.kind === "choice" ? question.options[value][language] : signed(value);

  function ask(question) {
    asked = question.id;
    const choice = question.kind === "choice";
    show("number", !choice);
    $("choices").replaceChildren();
    if (choice) {
      question.options.forEach((option, k) => {
        const label = document.createElement("label"), input = document.createElement("input");
        Object.assign(input, { type: "radio", name: "choice", value: k, required: true, checked: state.mine === k });
        label.append(input, Object.assign(document.createElement("span"), { textContent: option[language] }));
        $("choices").append(label);
      });
    } else {
      const range = $("range");
      Object.assign(range, { min: question.low, max: question.high, step: question.step });
      range.value = state.mine ?? (question.low <= 0 && question.high >= 0 ? 0 : (question.low + question.high) / 2);
      range.oninput = () => { $("value").textContent = signed(Number(range.value)); };
      range.oninput();
      $("low").textContent = signed(question.low);
      $("high").textContent = signed(question.high);
    }
  }
  $("answer").onsubmit = async (event) => {
    event.preventDefault();
    const picked = document.querySelector("#choices input:checked");
    const value = state.question.kind === "choice" ? Number(picked.value) : Number($("range").value);
    try {
      const answer = await fetch("/room/answer", { method: "POST", body: JSON.stringify({ question: state.question.id, value }) });
      if (answer.status === 403) enter();
      else if (!answer.ok) $("mine").textContent = say(answer.status === 429 ? "wait_a_moment" : "too_late");
      else { state.mine = value; draw(); }
    } catch { lost(); }
  };

  function spread(question) {
    const rows = [];
    if (state.answers) {
      const numbers = state.answers, model = state.model;
      if (question.kind === "choice") {
        question.options.forEach((option, k) => rows.push([option[language], numbers.filter((one) => one === k).length,
          state.mine === k, model?.best?.includes(k)]));
      } else {
        const bins = 10, width = (question.high - question.low) / bins;
        const bin = (number) => Math.min(bins - 1, Math.max(0, Math.floor((number - question.low) / width)));
        for (let k = 0; k < bins; k++) rows.push([`${signed(question.low + k * width)} … ${signed(question.low + (k + 1) * width)}`,
          numbers.filter((one) => bin(one) === k).length, state.mine !== null && bin(state.mine) === k, model && bin(model.low) <= k && k <= bin(model.high)]);
      }
    }
    const most = Math.max(1, ...rows.map((row) => row[1]));
    $("spread").replaceChildren(...rows.map(([text, number, mine, model]) => {
      const row = document.createElement("div"), bar = document.createElement("i");
      row.className = `row${mine ? " mine" : ""}${model ? " model" : ""}`;
      bar.style.width = `${100 * number / most}%`;
      row.append(Object.assign(document.createElement("span"), { textContent: model ? `▶ ${text}` : text }), bar,
        Object.assign(document.createElement("span"), { textContent: number }));
      return row;
    }));
  }

  words();
  enter();
})();
