/* Charts: mounts ECharts on [data-chart="id"] with the option in the JSON block of that id. Colours are the page's
   own; a chart is drawn anew when its data was swapped, and when the theme changes. A pie, bar or line needs only its data. */
const mounted = new Map();
let library;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function look() {
  const [ink, faint, line, raised] = ["ink", "ink-3", "line", "raised"].map(colour);
  const axis = {
    axisLine: { lineStyle: { color: colour("edge") } },
    axisTick: { show: false },
    axisLabel: { color: faint, fontSize: 11 },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: faint },
  };
  return {
    color: [1, 2, 3, 4, 5, 6].map((number) => colour(`chart-${number}`)),
    backgroundColor: "transparent",
    textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { textStyle: { color: colour("ink-2") }, itemWidth: 12, itemHeight: 8 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    line: { symbol: "none", lineStyle: { width: 2 } },
    bar: { barMaxWidth: 22 },
    treemap: {
      label: { color: colour("on-accent") },
      upperLabel: { color: ink },
      itemStyle: { borderColor: "transparent" },
    },
    tooltip: { backgroundColor: raised, borderColor: line, textStyle: { color: ink, fontSize: 12 } },
  };
}

/* richText: an HTML tooltip writes style attributes, which the content policy refuses. */
function complete(option) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    animationDuration: 300,
    grid: { left: 8, right: 12, top: option.legend ? 36 : 16, bottom: 8, containLabel: true },
    ...option,
    tooltip: { trigger: "axis", ...option.tooltip, renderMode: "richText" },
  };
}

async function draw(element) {
  library ??= import(new URL(element.dataset.echarts, document.baseURI));
  const echarts = await library;
  const text = document.getElementById(element.dataset.chart)?.textContent;
  const drawn = mounted.get(element);
  if (!text || !element.isConnected || drawn?.text === text) return;
  const chart = drawn?.chart ?? echarts.init(element, look(), { renderer: "canvas" });
  chart.setOption(complete(JSON.parse(text)), true);
  mounted.set(element, { chart, text });
}

function drop(gone) {
  for (const [element, { chart }] of mounted) {
    if (!gone(element)) continue;
    chart.dispose();
    mounted.delete(element);
  }
}

function drawAll() {
  drop((element) => !element.isConnected);
  for (const element of document.querySelectorAll("[data-chart]")) draw(element);
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
document.addEventListener("yifen:theme", () => {
  drop(() => true);
  drawAll();
});
addEventListener("resize", () => mounted.forEach(({ chart }) => chart.resize()));
