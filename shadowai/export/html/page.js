// Sorts and filters the tables that ask for it. Without it every row is there, in the report's own order.
"use strict";

for (const table of document.querySelectorAll("table[data-tools]")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const further = Number(table.dataset.more || 0);
  const bar = document.createElement("div");
  const count = document.createElement("output");
  const chosen = { text: "", choice: "" };
  const figure = (number) => number.toLocaleString("en");

  const show = () => {
    let shown = 0;
    for (const row of rows) {
      const hit = texts.get(row).includes(chosen.text) && (!chosen.choice || row.dataset.choice === chosen.choice);
      row.hidden = !hit;
      shown += hit;
    }
    const beyond = further ? `; ${figure(further)} more are not on this page` : "";
    count.textContent = `${figure(shown)} of ${figure(rows.length)}${beyond}`;
  };

  const labelled = (text, control) => {
    const label = document.createElement("label");
    label.append(text, control);
    bar.append(label);
  };

  const search = document.createElement("input");
  search.type = "search";
  search.autocomplete = "off";
  search.addEventListener("input", () => { chosen.text = search.value.trim().toLowerCase(); show(); });
  labelled("Find ", search);

  const choices = [...new Set(rows.map((row) => row.dataset.choice).filter(Boolean))];
  if (choices.length > 1) {
    const select = document.createElement("select");
    select.append(new Option("all", ""), ...choices.map((choice) => new Option(choice, choice)));
    select.addEventListener("change", () => { chosen.choice = select.value; show(); });
    labelled(`${table.dataset.choice} `, select);
  }

  bar.className = "tools";
  bar.append(count);
  table.closest(".scroll").before(bar);
  show();

  const compare = (column, numeric) => (a, b) => {
    const [one, two] = [a.cells[column], b.cells[column]];
    return numeric
      ? Number(one.dataset.value) - Number(two.dataset.value)
      : one.textContent.trim().localeCompare(two.textContent.trim(), "en", { numeric: true });
  };

  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    // on paper a head with a control in it is not repeated on the next page
    addEventListener("beforeprint", () => { head.replaceChildren(...button.childNodes); });
    addEventListener("afterprint", () => { button.append(...head.childNodes); head.append(button); });
    button.addEventListener("click", () => {
      const numeric = head.dataset.kind !== "text";
      const current = head.getAttribute("aria-sort");
      const up = current ? current === "descending" : !numeric;  // the largest figure first
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      rows.sort(compare(head.cellIndex, numeric));
      if (!up) rows.reverse();
      body.append(...rows);
    });
  }
}
