/// The style sheet and the script of the report's page.
enum ScanReportPageAssets {
    static let style = """
        :root {
          --text: #1c2024; --muted: #5c6670; --page: #f6f7f9; --surface: #fff; --line: #d9dee4;
          --accent: #2459c4; --bar: #c2410c; --bad: #a3160f; --bad-back: #fde8e6; --warn: #7a4b00;
          --warn-back: #fdf0d5;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --text: #e7eaee; --muted: #9aa5b1; --page: #14171b; --surface: #1d2126; --line: #343b44;
            --accent: #8ab4ff; --bar: #f08a4b; --bad: #ffb4ab; --bad-back: #4a1a17; --warn: #ffd28a;
            --warn-back: #46330f;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem); max-width: 90rem; color: var(--text);
          background: var(--page); font: 1rem/1.5 system-ui, sans-serif;
        }
        h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
        h2 { margin: 2rem 0 .75rem; font-size: 1.2rem; }
        header p { margin: .25rem 0 0; color: var(--muted); }
        header .headline { color: var(--text); font-size: 1.15rem; font-weight: 600; }
        header .headline.warning { color: var(--warn); }
        .facts { margin: .75rem 0 0; font-size: .85rem; color: var(--muted); }
        .facts div { display: flex; gap: .75rem; }
        .facts dt { flex: none; width: 3rem; }
        .facts dd { font-size: .85rem; font-weight: 400; overflow-wrap: anywhere; min-width: 0; }
        .states { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin: 1rem 0 0; padding: 0; list-style: none; }
        .more { margin: .25rem 0 0; color: var(--muted); }
        td[data-label=Where] { min-width: 11rem; }
        td[data-label=Object] { min-width: 14rem; }
        .cure { display: flex; flex-direction: column; gap: .4rem; align-items: start; margin-top: .4rem; }
        details[open] { min-width: 17rem; }
        .cure pre {
          margin: 0; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; min-width: 0;
          white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page);
        }
        .copy {
          flex: none; min-height: 2rem; padding: .2rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
          color: var(--accent); background: var(--surface); font: inherit; font-size: .85rem; cursor: pointer;
        }
        .copy[hidden] { display: none; }
        .totals {
          display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0;
        }
        .totals div {
          padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--surface);
        }
        dt { color: var(--muted); font-size: .85rem; }
        dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        .bars { margin: 0; padding: 0; list-style: none; }
        .bars li {
          display: grid; grid-template-columns: minmax(6rem, 14rem) 1fr 6rem; gap: .75rem; align-items: center;
          padding: .2rem 0;
        }
        .name { overflow-wrap: anywhere; }
        .track { height: 1rem; border-radius: .25rem; background: var(--line); }
        .bar { display: block; min-width: 2px; height: 100%; border-radius: .25rem; background: var(--bar); }
        .amount, .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .nodes details { grid-column: 1 / 4; font-size: .9rem; }
        .bar.unknown { background: var(--warn); }
        .bar.safe { background: var(--accent); }
        .filters { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; margin-bottom: .75rem; }
        .filters[hidden] { display: none; }
        .filters label { color: var(--muted); font-size: .85rem; }
        input, select {
          display: block; min-height: 2.5rem; padding: .25rem .6rem; border: 1px solid var(--line);
          border-radius: .4rem; color: var(--text); background: var(--surface); font: inherit; font-size: 1rem;
        }
        output { min-height: 2.5rem; align-content: center; color: var(--muted); }
        table {
          width: 100%; border: 1px solid var(--line); border-radius: .5rem; border-spacing: 0;
          background: var(--surface);
        }
        th, td { padding: .5rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        tbody tr:last-child td { border-bottom: 0; }
        td { overflow-wrap: anywhere; }
        td.number { text-align: right; }
        th { padding: 0; }
        th button {
          width: 100%; padding: .5rem .75rem; border: 0; color: inherit; background: none; font: inherit;
          font-weight: 600; text-align: left; white-space: nowrap; cursor: pointer;
        }
        th[data-type=number] button { text-align: right; }
        th button::after { content: " \\2195"; color: var(--muted); font-weight: 400; }
        th[aria-sort=ascending] button::after { content: " \\2191"; color: var(--accent); }
        th[aria-sort=descending] button::after { content: " \\2193"; color: var(--accent); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: -2px; border-radius: .3rem; }
        summary { color: var(--accent); cursor: pointer; }
        details p { margin: .4rem 0 0; color: var(--muted); font-size: .9rem; }
        code { font: .85rem/1.4 ui-monospace, monospace; }
        .state { white-space: nowrap; padding: .1rem .5rem; border-radius: 1rem; color: var(--bad); background: var(--bad-back); }
        .state.excessive, .state.unknown { color: var(--warn); background: var(--warn-back); }
        .state.safe { color: var(--muted); background: var(--line); }
        .problems { padding-left: 1.25rem; overflow-wrap: anywhere; }
        footer { margin-top: 2.5rem; color: var(--muted); font-size: .85rem; }
        @media (max-width: 60rem) {
          .bars li { grid-template-columns: 1fr auto; gap: .15rem .75rem; padding: .3rem 0; }
          .track { grid-row: 2; grid-column: 1 / 3; height: .6rem; }
          .nodes details { grid-column: 1 / 3; }
          table { border: 0; background: none; }
          thead tr { display: flex; flex-wrap: wrap; gap: .25rem; margin-bottom: .75rem; }
          th { border: 1px solid var(--line); border-radius: .4rem; background: var(--surface); }
          th button { min-height: 2.5rem; padding: .25rem .6rem; }
          thead, tbody { display: block; }
          tbody tr {
            display: block; margin-bottom: .75rem; padding: .25rem 0; border: 1px solid var(--line);
            border-radius: .5rem; background: var(--surface);
          }
          tbody tr[hidden] { display: none; }
          td, td.number, tbody tr:last-child td {
            display: grid; grid-template-columns: 6.5rem 1fr; gap: .75rem; padding: .25rem .75rem; border: 0;
            text-align: left; white-space: normal;
          }
          td > * { justify-self: start; min-width: 0; max-width: 100%; }
          td[data-label=Where], td[data-label=Object] { min-width: 0; }
          details[open] { min-width: 0; }
          td::before { content: attr(data-label); color: var(--muted); font-size: .85rem; }
        }
        @media print {
          :root { --page: #fff; --surface: #fff; --text: #000; --muted: #444; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          .filters, .copy { display: none; }
          th button::after { content: ""; }
          tr, .bars li, .totals div { break-inside: avoid; }
          thead { display: table-header-group; }
          .bar, .track, .state { print-color-adjust: exact; }
        }
        """

    static let script = """
        "use strict";
        (() => {
          const body = document.querySelector("tbody");
          if (!body) return;
          const rows = [...body.rows];
          const texts = rows.map((row) => row.textContent.toLowerCase());
          const heads = [...document.querySelectorAll("th")];
          const search = document.getElementById("search");
          const state = document.getElementById("state");
          const certainty = document.getElementById("certainty");
          const count = document.getElementById("count");

          const filter = () => {
            const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
            let shown = 0;
            rows.forEach((row, index) => {
              const fits = words.every((word) => texts[index].includes(word))
                && (!state.value || row.dataset.state === state.value)
                && (!certainty.value || row.dataset.certainty === certainty.value);
              row.hidden = !fits;
              if (fits) shown += 1;
            });
            count.textContent = `${shown} of ${rows.length} shown`;
          };

          const sort = (column) => {
            const head = heads[column];
            const isNumber = head.dataset.type === "number";
            const was = head.getAttribute("aria-sort");
            const direction = was ? (was === "ascending" ? -1 : 1) : (isNumber ? -1 : 1);
            const key = (row) => row.cells[column].dataset.sort;
            const compare = isNumber
              ? (a, b) => Number(key(a)) - Number(key(b))
              : (a, b) => key(a).localeCompare(key(b), "en", { numeric: true });
            heads.forEach((other) => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
            body.append(...[...rows].sort((a, b) => direction * compare(a, b)));
          };

          heads.forEach((head, column) =>
            head.querySelector("button").addEventListener("click", () => sort(column)));
          // Where the clipboard cannot be had, the text is there to be selected.
          if (navigator.clipboard) {
            document.querySelectorAll(".copy").forEach((button) => {
              button.hidden = false;
              button.addEventListener("click", async () => {
                const text = button.parentElement.querySelector("code").textContent;
                try {
                  await navigator.clipboard.writeText(text);
                  button.textContent = "Copied";
                } catch {
                  getSelection().selectAllChildren(button.parentElement.querySelector("code"));
                }
              });
            });
          }
          [search, state, certainty].forEach((input) => input.addEventListener("input", filter));
          document.querySelector(".filters").hidden = false;
          sort(heads.findIndex((head) => head.textContent === "Memory"));
          filter();
        })();
        """
}
