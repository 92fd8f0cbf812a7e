/* Charts: mounts ECharts on [data-chart="id"] with the option in the JSON block of that id. Colours are the page's
   own; a chart is drawn anew when its data was swapped, and when the theme changes. A pie, bar or line needs only its data.
   Pressing what has a `url` in its data opens it. */
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
    heatmap: { label: { color: ink }, itemStyle: { borderColor: colour("surface"), borderWidth: 2 } },
    calendar: {
      itemStyle: { color: "transparent", borderColor: line },
      splitLine: { lineStyle: { color: colour("edge") } },
      dayLabel: { color: faint },
      monthLabel: { color: faint },
      yearLabel: { color: faint },
    },
    treemap: {
      label: { color: colour("on-accent") },
      upperLabel: { color: ink },
      itemStyle: { borderColor: "transparent" },
    },
    tooltip: { backgroundColor: raised, borderColor: line, textStyle: { color: ink, fontSize: 12 } },
  };
}

/* richText: an HTML tooltip writes style attributes, which the content policy refuses. */
/* Cells: of tones (ok, waiting, bad …) each in its colour, of amounts in the page's first, fainter for less. */
function shaded(map) {
  if (map.pieces) return { ...map, pieces: map.pieces.map((one) => ({ ...one, color: toned(one.tone) })) };
  return { ...map, inRange: { color: [colour("chart-1")], colorAlpha: [0.06, 0.5] } };
}

/* Names below the cells of a narrow picture are broken where a cell ends. */
function narrowed(axis, width) {
  const most = axis?.axisLabel?.width && axis.data ? Math.floor((width - 110) / axis.data.length) - 4 : 0;
  return most ? { ...axis, axisLabel: { ...axis.axisLabel, width: Math.max(24, Math.min(axis.axisLabel.width, most)) } } : axis;
}

function toned(tone) {
  return colour(tone === "neutral" ? "edge" : tone);
}

/* A series that means well, waits or failed says so by its `tone`. */
function coloured(series) {
  return series.map((one) => (one.tone ? { ...one, color: toned(one.tone) } : one));
}

function complete(option, width) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    animationDuration: 300,
    grid: { left: 8, right: 12, top: option.legend ? 36 : 16, bottom: 8, containLabel: true },
    ...option,
    series: coloured(option.series),
    ...(option.xAxis && { xAxis: narrowed(option.xAxis, width) }),
    ...(option.visualMap && { visualMap: shaded(option.visualMap) }),
    tooltip: { trigger: "axis", ...option.tooltip, renderMode: "richText" },
  };
}

function opening(chart) {
  chart.on("click", ({ data }) => data?.url && location.assign(data.url));
  return chart;
}

async function draw(element) {
  library ??= import(new URL(element.dataset.echarts, document.baseURI));
  const echarts = await library;
  const text = document.getElementById(element.dataset.chart)?.textContent;
  const drawn = mounted.get(element);
  if (!text || !element.isConnected || drawn?.text === text) return;
  const chart = drawn?.chart ?? opening(echarts.init(element, look(), { renderer: "canvas" }));
  chart.setOption(complete(JSON.parse(text), element.clientWidth), true);
  mounted.set(element, { chart, text });
}

function drop(gone) {
  for (const [element, { chart }] of mounted) {
    if (!gone(element)) continue;
    chart.dispose();
    mounted.delete(element);
  }
}

/* Tables behind charts that the reader opened stay open when their page is swapped. */
const open = new Set();
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".chart-table")) open[target.open ? "add" : "delete"](target.id);
}, true);

function drawAll() {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
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
