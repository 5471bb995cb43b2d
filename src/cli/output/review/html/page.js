"use strict";
// Filters the objects and the picture of the units. The page is whole without this: it only hides what is left out.
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  const { search, cluster, kind, unit, clear, fold } = form.elements;
  const status = form.querySelector("output");
  const nothing = document.querySelector(".nothing");
  const boxes = [...document.querySelectorAll(".topology .box")];
  const folds = document.querySelectorAll(".object > details");

  const groups = [...document.querySelectorAll(".group")].map((element) => ({
    element,
    unit: element.dataset.unit,
    cluster: element.dataset.cluster,
    objects: [...element.querySelectorAll(".object")].map((object) => ({
      element: object,
      impact: object.dataset.impact,
      change: object.dataset.change,
      kind: object.dataset.kind,
      words: null,
    })),
  }));
  const total = groups.reduce((sum, group) => sum + group.objects.length, 0);
  let chosen = null;

  // What a search looks in: the heading, the fields' paths and the effects. Gathered when somebody searches.
  const words = (object) => {
    if (object.words === null) {
      const parts = object.element.querySelectorAll("h4, .change, .field dt, .effect");
      object.words = Array.from(parts, (part) => part.textContent).join("\n").toLowerCase();
    }
    return object.words;
  };

  const checked = (name) => {
    const boxes = form.querySelectorAll(`input[name="${name}"]:checked`);
    return new Set(Array.from(boxes, (box) => box.value));
  };

  const show = (element, visible) => {
    if (element.hidden === visible) element.hidden = !visible;
  };

  const count = (number) => `${number} ${number === 1 ? "object" : "objects"}`;

  const apply = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const impacts = checked("impact");
    const changes = checked("change");
    const matches = (object) =>
      (impacts.size === 0 || impacts.has(object.impact)) &&
      (changes.size === 0 || changes.has(object.change)) &&
      (kind.value === "" || kind.value === object.kind) &&
      wanted.every((word) => words(object).includes(word));
    let visible = 0;
    for (const group of groups) {
      const open =
        (chosen === null || chosen === group.unit) && (cluster.value === "" || cluster.value === group.cluster);
      let some = false;
      for (const object of group.objects) {
        const matching = open && matches(object);
        show(object.element, matching);
        some ||= matching;
        visible += matching ? 1 : 0;
      }
      show(group.element, some);
    }
    const filtered = chosen !== null || cluster.value || kind.value || wanted.length || impacts.size || changes.size;
    status.value = filtered ? `${visible} of ${count(total)}` : count(total);
    show(clear, Boolean(filtered));
    show(unit, chosen !== null);
    unit.textContent = `Unit ${chosen ?? ""} ✕`;
    unit.setAttribute("aria-label", `Show all units, not only ${chosen ?? ""}`);
    show(nothing, visible === 0);
    for (const box of boxes) {
      if (chosen !== null && box.dataset.unit === chosen) box.setAttribute("aria-current", "true");
      else box.removeAttribute("aria-current");
    }
  };

  const choose = (name) => {
    chosen = chosen === name ? null : name;
    apply();
  };

  // A short wait while somebody types, so that a long list is filtered once.
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, total > 1000 ? 150 : 0);
  };

  const light = (box, on) => {
    const number = box.dataset.box;
    for (const line of document.querySelectorAll(".topology path")) {
      const tied = line.dataset.from === number || line.dataset.to.split(" ").includes(number);
      line.classList.toggle("lit", on && tied);
    }
  };

  search.addEventListener("input", soon);
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", () => {
    form.reset();
    chosen = null;
    apply();
    search.focus();
  });
  unit.addEventListener("click", () => {
    choose(chosen);
    search.focus();
  });
  fold.addEventListener("click", () => {
    const open = fold.dataset.open === "true";
    for (const element of folds) element.open = open;
    fold.dataset.open = String(!open);
    fold.textContent = open ? "Collapse all" : "Expand all";
  });
  for (const box of boxes) {
    box.addEventListener("mouseenter", () => light(box, true));
    box.addEventListener("mouseleave", () => light(box, false));
    box.addEventListener("focus", () => light(box, true));
    box.addEventListener("blur", () => light(box, false));
    if (!box.dataset.unit) continue;
    box.addEventListener("click", (event) => {
      event.preventDefault();
      choose(box.dataset.unit);
      if (chosen !== null) form.scrollIntoView({ block: "start" });
    });
  }

  const allFolded = folds.length > 0 && ![...folds].some((element) => element.open);
  fold.dataset.open = String(allFolded);
  fold.textContent = allFolded ? "Expand all" : "Collapse all";
  fold.hidden = folds.length === 0;
  form.reset();
  form.hidden = false;
  apply();
})();
