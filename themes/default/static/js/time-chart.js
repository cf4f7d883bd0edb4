// <time-chart data-table="id">: draws the numbers of a table whose rows are day, sent, failed.
customElements.define(
  "time-chart",
  class extends HTMLElement {
    connectedCallback() {
      const rows = [...document.getElementById(this.dataset.table).tBodies[0].rows];
      const column = (n) => rows.map((row) => row.cells[n].dataset.value);
      this.days = column(0).map((day) => Date.parse(`${day}T12:00:00`) / 1000);
      this.numbers = [1, 2].map((n) => column(n).map(Number));
      this.draw();
      new ResizeObserver(() => this.chart.setSize(this.size())).observe(this);
      addEventListener("mode-chosen", () => setTimeout(() => this.draw()));
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.draw()));
    }

    size() {
      return { width: this.clientWidth, height: this.clientHeight };
    }

    // A token may be light-dark(…), which only a painted element resolves.
    colour(token) {
      const probe = this.appendChild(document.createElement("i"));
      probe.style.color = `var(${token})`;
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    }

    draw() {
      const locale = document.documentElement.lang;
      const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
      const number = new Intl.NumberFormat(locale);
      const [line, bad, text, grid] = ["surface-link", "danger", "surface-muted", "border"].map((name) => this.colour(`--b-${name}`));
      const axis = { stroke: text, ticks: { show: false }, font: "12px system-ui" };
      const options = {
        ...this.size(),
        legend: { show: false },
        cursor: { y: false },
        padding: [8, 24, 0, 0],
        axes: [
          { ...axis, grid: { show: false }, space: 70, size: 30, values: (_, all) => all.map((t) => day.format(t * 1000)) },
          { ...axis, grid: { stroke: grid, width: 1 }, size: 56, values: (_, all) => all.map((n) => number.format(n)) },
        ],
        series: [
          {},
          { stroke: line, width: 2, fill: line.replace("rgb(", "rgba(").replace(")", ", 0.18)"), paths: uPlot.paths.spline(), points: { show: false } },
          { stroke: bad, fill: bad, paths: uPlot.paths.bars({ size: [0.6, 18], radius: 0.25 }), points: { show: false } },
        ],
      };
      this.replaceChildren();
      this.chart = new uPlot(options, [this.days, ...this.numbers], this);
    }
  },
);
