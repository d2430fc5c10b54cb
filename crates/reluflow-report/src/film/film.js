"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element("data").textContent);
  const decode = (text, Kind) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Kind(bytes.buffer);
  };
  const times = decode(data.times, Float64Array);
  const losses = decode(data.losses, Float64Array);
  const states = decode(data.states, Float32Array);
  const events = decode(data.events, Float64Array);
  const places = Array.from(decode(data.places, Float64Array), Math.log10);
  const { frames, neurons: p, line } = data;
  const first = places[0], last = places[frames - 1];

  // The time shown, from 0 to 1 in log time, and the neuron pointed at or held.
  let position = 0, playing = false, pointed = -1, held = -1, before = 0;

  const read = (frame, j, k) => states[(frame * p + j) * 4 + k];
  const frameAt = (place) => {
    let low = 0, high = frames - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (places[middle] <= place) low = middle; else high = middle;
    }
    return [low, Math.min(1, Math.max(0, (place - places[low]) / (places[high] - places[low])))];
  };
  const blend = (values, frame, share) => values[frame] + share * (values[frame + 1] - values[frame]);
  const neuron = (frame, share, j) => [0, 1, 2, 3].map((k) => {
    const from = read(frame, j, k);
    return share > 0 ? from + share * (read(frame + 1, j, k) - from) : from;
  });
  const short = (value) => {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    const text = value === 0 || (size >= 1e-3 && size < 1e5) ? String(+value.toPrecision(4)) : value.toExponential(2);
    return text.replace("e+", "e").replace(/-/g, "−");
  };
  const index = (text) => String(text).replace(/\d/g, (c) => "₀₁₂₃₄₅₆₇₈₉"[c]);
  const power = (k) => "10" + String(k).replace(/-/, "⁻").replace(/\d/g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);

  // Sizes |a| |projected w| over the whole film.
  let smallest = Infinity, largest = 0, reach = 0;
  for (let k = 0; k < frames * p; k++) {
    const [x, y, a] = [states[4 * k], states[4 * k + 1], Math.abs(states[4 * k + 2])];
    const size = a * Math.hypot(x, y);
    if (size > 0 && Number.isFinite(size)) {
      smallest = Math.min(smallest, size);
      largest = Math.max(largest, size);
      reach = Math.max(reach, a * Math.abs(x), a * Math.abs(y));
    }
  }
  if (!(largest > 0)) { smallest = largest = reach = 1; }
  const top = Math.ceil(Math.log10(largest));
  const bottom = Math.max(Math.floor(Math.log10(smallest)), top - 40) - 0.5;
  element("logarithmic").checked = largest > 1e4 * smallest;

  const colours = {};
  const readColours = () => {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["page", "text", "muted", "rule", "grid", "positive", "negative", "k0", "k1", "k2", "k3", "k4"]) {
      colours[name] = style.getPropertyValue("--" + name).trim();
    }
  };
  const signColour = (a) => (a < 0 ? colours.negative : colours.positive);

  // A canvas made ready: its context in CSS pixels, its width and height.
  const prepare = (id) => {
    const canvas = element(id), density = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = "12px Georgia, serif";
    pen.lineWidth = 1;
    return [pen, width, height];
  };
  const stroke = (pen, points, colour, width = 1, dash = []) => {
    pen.beginPath();
    points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.stroke();
    pen.setLineDash([]);
  };
  const dot = (pen, [x, y], radius, fill, rim) => {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill) { pen.fillStyle = fill; pen.fill(); }
    if (rim) { pen.strokeStyle = rim; pen.lineWidth = 1.5; pen.stroke(); }
  };
  const write = (pen, text, x, y, align = "left", colour = colours.muted) => {
    pen.fillStyle = colour;
    pen.textAlign = align;
    pen.fillText(text, x, y);
  };
  // Where a text stands: left, top, right, bottom; whether it keeps clear of others.
  const room = (pen, text, x, y, align) => {
    const width = pen.measureText(text).width;
    const left = align === "center" ? x - width / 2 : align === "right" ? x - width : x;
    return [left, y - 10, left + width, y + 3];
  };
  const clear = (box, others) => others.every((o) => box[0] > o[2] + 2 || o[0] > box[2] + 2 || box[1] > o[3] || o[1] > box[3]);
  // Writes a text unless it would stand on another; says whether it did.
  const writeClear = (pen, text, x, y, align, taken) => {
    const box = room(pen, text, x, y, align);
    if (!clear(box, taken)) return false;
    taken.push(box);
    write(pen, text, x, y, align);
    return true;
  };
  const ticks = (low, high, most) => {
    const rough = (high - low) / most, unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * unit).find((step) => step >= rough);
    const found = [];
    for (let k = Math.ceil(low / step); k * step <= high + 1e-9 * step; k++) found.push(+(k * step).toPrecision(12));
    return found;
  };
  const decades = (low, high, most) => {
    const step = Math.max(1, Math.ceil((high - low) / most));
    const found = [];
    for (let k = Math.ceil(low / step) * step; k <= high; k += step) found.push(k);
    return found;
  };

  // Where a neuron with |a| (x, y) stands in the plane: in its direction, at its size or the size's logarithm.
  const planePlace = ([x, y, a], width, height) => {
    const radius = Math.min(width, height) / 2 - 14;
    const size = Math.abs(a) * Math.hypot(x, y);
    let scale = Math.abs(a) / (1.08 * reach);
    if (element("logarithmic").checked) {
      scale = size > 0 ? Math.max(0, (Math.log10(size) - bottom) / (top - bottom)) / Math.hypot(x, y) : 0;
    }
    return [width / 2 + radius * scale * x, height / 2 - radius * scale * y];
  };

  const recent = (place) => {
    const marked = new Map();
    const span = 0.012 * (last - first);
    for (let k = 0; k < events.length; k += 4) {
      const at = Math.log10(events[k]);
      if (at <= place && at > place - span) marked.set(events[k + 1], events[k + 3]);
    }
    return marked;
  };

  const shown = { plane: [], function: [] };

  const drawPlane = (frame, share, place) => {
    const [pen, width, height] = prepare("plane");
    const taken = [];
    const [cx, cy] = [width / 2, height / 2], radius = Math.min(width, height) / 2 - 14;
    stroke(pen, [[0, cy], [width, cy]], colours.grid);
    stroke(pen, [[cx, 0], [cx, height]], colours.grid);
    // A name is moved or condensed where the canvas ends.
    const name = (text, x, y, align) => {
      const wide = Math.min(pen.measureText(text).width, width - 4);
      const left = Math.max(2, Math.min(align === "right" ? x - wide : x, width - 2 - wide));
      taken.push([left, y - 10, left + wide, y + 3]);
      pen.fillStyle = colours.text;
      pen.textAlign = "left";
      pen.fillText(text, left, y, wide);
    };
    name(data.labels[0], width - 2, cy + 30, "right");
    name(data.labels[1], cx + 6, 11, "left");
    if (element("logarithmic").checked) {
      for (const k of decades(bottom, top, 6)) {
        const r = (radius * (k - bottom)) / (top - bottom);
        if (r < 4) continue;
        pen.beginPath();
        pen.arc(cx, cy, r, 0, 2 * Math.PI);
        pen.strokeStyle = colours.grid;
        pen.stroke();
        writeClear(pen, power(k), cx + 3, cy - r + 12, "left", taken);
      }
    } else {
      for (const value of ticks(-reach, reach, 5)) {
        if (value === 0) continue;
        const at = (radius * value) / (1.08 * reach);
        stroke(pen, [[cx + at, cy - 3], [cx + at, cy + 3]], colours.rule);
        stroke(pen, [[cx - 3, cy - at], [cx + 3, cy - at]], colours.rule);
        writeClear(pen, short(value), cx + at, cy + 15, "center", taken);
        writeClear(pen, short(value), cx - 6, cy - at + 4, "right", taken);
      }
    }
    data.inputs.forEach(([x, y], i) => {
      const size = Math.hypot(x, y);
      if (!(size > 0)) return;
      // The kink of example i is the line through 0 orthogonal to it; short strokes point to its active side.
      const [ux, uy] = [x / size, y / size], far = radius + 8;
      const [ex, ey] = [cx + far * uy, cy + far * ux];
      stroke(pen, [[cx - far * uy, cy - far * ux], [ex, ey]], colours.rule, 1, [4, 3]);
      for (const side of [-0.9, 0.9]) {
        const [bx, by] = [cx + side * far * uy, cy + side * far * ux];
        stroke(pen, [[bx, by], [bx + 8 * ux, by - 8 * uy]], colours.rule, 1.5);
      }
      // Its name stands beside it, at either end, where there is room; where there is none it has no name.
      [0.82, -0.82, 0.7, -0.7, 0.58, -0.58].some((share) => {
        const [tx, ty] = [cx + share * far * uy + 11 * ux, cy + share * far * ux - 11 * uy];
        return writeClear(pen, "x" + index(i), tx, ty + 4, "center", taken);
      });
    });
    const chosen = held >= 0 ? held : pointed;
    const wide = p * frames <= 60000;
    const trail = (j, from, until, colour, thickness, alpha) => {
      const points = [];
      for (let k = from; k <= until; k++) points.push(planePlace(neuron(k, 0, j), width, height));
      if (until === frame) points.push(planePlace(neuron(frame, share, j), width, height));
      pen.globalAlpha = alpha;
      stroke(pen, points, colour, thickness);
      pen.globalAlpha = 1;
    };
    if (element("trails").checked) {
      for (let j = 0; j < p; j++) {
        trail(j, wide ? 0 : Math.max(0, frame - 20), frame, signColour(read(frame, j, 2)), 1, 0.35);
      }
    }
    if (chosen >= 0) trail(chosen, 0, frames - 1, colours.text, 1.2, 0.8);
    const marked = recent(place);
    shown.plane = [];
    for (let j = 0; j < p; j++) {
      const state = neuron(frame, share, j), at = planePlace(state, width, height);
      shown.plane.push(at);
      pen.globalAlpha = 0.85;
      dot(pen, at, 4, signColour(state[2]), j === chosen ? colours.text : null);
      pen.globalAlpha = 1;
      if (marked.has(j)) dot(pen, at, 7.5, null, colours["k" + (marked.get(j) % 5)]);
    }
  };

  // Axes of a chart; returns how to place a point.
  const axes = (pen, width, height, x, y, xTicks, yTicks, xName, yName) => {
    const widest = Math.max(0, ...yTicks.map((tick) => pen.measureText(tick[1]).width));
    const frame = { left: Math.max(46, widest + 8), right: width - 10, top: 16, bottom: height - 36 };
    const taken = [];
    const at = (vx, vy) => [
      frame.left + ((vx - x[0]) / (x[1] - x[0])) * (frame.right - frame.left),
      frame.bottom - ((vy - y[0]) / (y[1] - y[0])) * (frame.bottom - frame.top),
    ];
    for (const [value, text] of yTicks) {
      const [, row] = at(x[0], value);
      stroke(pen, [[frame.left, row], [frame.right, row]], colours.grid);
      writeClear(pen, text, frame.left - 5, row + 4, "right", taken);
    }
    for (const [value, text] of xTicks) {
      const [column] = at(value, y[0]);
      stroke(pen, [[column, frame.bottom], [column, frame.bottom + 4]], colours.rule);
      const half = pen.measureText(text).width / 2;
      writeClear(pen, text, Math.min(column, width - half), frame.bottom + 16, "center", taken);
    }
    stroke(pen, [[frame.left, frame.top], [frame.left, frame.bottom], [frame.right, frame.bottom]], colours.rule);
    write(pen, xName, frame.right, height - 4, "right", colours.text);
    write(pen, yName, frame.left + 4, 11, "left", colours.text);
    return [at, frame];
  };
  const range = (values, margin) => {
    let low = Infinity, high = -Infinity;
    for (const value of values) {
      if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
    }
    if (!(low <= high)) { low = 0; high = 1; }
    const room = high > low ? margin * (high - low) : 0.5;
    return [low - room, high + room];
  };

  // The line of inputs: h(s) at a state.
  const activation = (u) => (u > 0 ? u : data.slope * u);
  const output = (all, s) => {
    let sum = 0;
    for (const w of all) {
      const u = w[line.coordinate] * s + w[1 - line.coordinate] * line.constant;
      sum += w[2] * activation(u);
    }
    return data.factor * sum;
  };
  const network = (frame, share) => Array.from({ length: p }, (_, j) => neuron(frame, share, j));
  let functionRange = null;
  const drawFunction = (frame, share, place) => {
    const [pen, width, height] = prepare("function");
    const x = range(line.x, 0.3), grid = Array.from({ length: 201 }, (_, k) => x[0] + (k / 200) * (x[1] - x[0]));
    if (!functionRange) {
      const values = [...line.y, 0];
      for (let k = 0; k <= 24; k++) {
        const all = network(Math.round((k / 24) * (frames - 1)), 0);
        for (let g = 0; g <= 200; g += 10) values.push(output(all, grid[g]));
      }
      functionRange = range(values, 0.08);
    }
    const y = functionRange, name = (value) => [value, short(value)];
    const [at, box] = axes(pen, width, height, x, y, ticks(...x, 6).map(name), ticks(...y, 5).map(name), "x", "h(x)");
    const all = network(frame, share);
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top - 6, box.right - box.left + 6, box.bottom - box.top + 6);
    pen.clip();
    stroke(pen, grid.map((s) => at(s, output(all, s))), colours.text, 1.8);
    const sizes = all.map((w) => Math.abs(w[2]) * w[3]), most = Math.max(...sizes), marked = recent(place);
    const chosen = held >= 0 ? held : pointed;
    shown.function = all.map((w, j) => {
      const kink = (-line.constant * w[1 - line.coordinate]) / w[line.coordinate];
      if (!(kink >= x[0] && kink <= x[1])) return null;
      const point = at(kink, output(all, kink));
      pen.globalAlpha = 0.8;
      dot(pen, point, 2 + 4 * Math.sqrt(most > 0 ? sizes[j] / most : 0), signColour(w[2]), j === chosen ? colours.text : null);
      pen.globalAlpha = 1;
      if (marked.has(j)) dot(pen, point, 9, null, colours["k" + (marked.get(j) % 5)]);
      return point;
    });
    line.x.forEach((s, i) => dot(pen, at(s, line.y[i]), 5, colours.page, colours.text));
    pen.restore();
  };

  let lossAxis = null;
  const drawLoss = (frame, share, place) => {
    const [pen, width, height] = prepare("loss");
    const logs = Array.from(losses, (loss) => (loss > 0 ? Math.log10(loss) : NaN));
    const x = [first, last], y = range(logs, 0.06);
    const whole = y[1] - y[0] >= 1.2;
    const yTicks = whole
      ? decades(...y, 5).map((k) => [k, power(k)])
      : ticks(10 ** y[0], 10 ** y[1], 4).filter((v) => v > 0).map((v) => [Math.log10(v), short(v)]);
    const xTicks = x[1] - x[0] >= 1.2
      ? decades(...x, 7).map((k) => [k, power(k)])
      : ticks(10 ** x[0], 10 ** x[1], 5).filter((v) => v > 0).map((v) => [Math.log10(v), short(v)]);
    const [at, box] = axes(pen, width, height, x, y, xTicks, yTicks, "time t", "L(t)");
    lossAxis = box;
    for (let k = 0; k < events.length; k += 4) {
      const log = Math.log10(events[k]);
      if (!(log >= first && log <= last)) continue;
      const [column] = at(log, y[0]);
      stroke(pen, [[column, box.bottom - 9], [column, box.bottom]], colours["k" + (events[k + 3] % 5)]);
    }
    stroke(pen, places.map((t, k) => at(t, logs[k])).filter((q) => Number.isFinite(q[1])), colours.positive, 1.8);
    const now = logs[frame] + share * ((logs[frame + 1] ?? logs[frame]) - logs[frame]);
    const [column, row] = at(place, now);
    stroke(pen, [[column, box.top], [column, box.bottom]], colours.text, 1);
    if (Number.isFinite(row)) dot(pen, [column, row], 4, colours.text, null);
  };

  const describe = (frame, share) => {
    const j = held >= 0 ? held : pointed;
    if (j < 0) {
      element("neuron").textContent = "Point at a neuron to see its numbers and its path; click or tap to hold it.";
      return;
    }
    const [x, y, a, norm] = neuron(frame, share, j);
    const angle = (Math.atan2(y, x) * 180) / Math.PI;
    const parts = ["neuron " + j, "a = " + short(a), (data.whole ? "w" : "w in the plane") + " = (" + short(x) + ", " + short(y) + ")",
      "‖w‖ = " + short(norm), "|a|‖w‖ = " + short(Math.abs(a) * norm), "angle " + short(angle) + "°"];
    if (line) {
      const state = [x, y];
      parts.push("kink at " + short((-line.constant * state[1 - line.coordinate]) / state[line.coordinate]));
    }
    if (data.inputs.length) {
      const active = data.inputs.map((q, i) => (q[0] * x + q[1] * y > 0 ? "x" + index(i) : "")).filter(Boolean);
      parts.push("active on " + (active.join(" ") || "none"));
    }
    element("neuron").textContent = parts.join(" · ") + (held >= 0 ? " (held)" : "");
  };
  const tell = (time) => {
    if (!events.length) return;
    let k = -1;
    while (4 * (k + 1) < events.length && events[4 * (k + 1)] <= time) k++;
    const words = (k) => data.kinds[events[4 * k + 3]].replace(/-/g, " ");
    element("event").textContent = k < 0 ? "No event yet." : "Event " + (k + 1) + " of " + events.length / 4 + ": neuron "
      + events[4 * k + 1] + " " + words(k) + (words(k).startsWith("branch") ? ", example " : ": example ") + events[4 * k + 2] + " at t = " + short(events[4 * k]) + ".";
  };

  const draw = () => {
    const place = first + position * (last - first);
    const [frame, share] = frameAt(place);
    const time = frame === 0 && share < 1 && times[0] === 0 ? (share === 0 ? 0 : 10 ** place) : 10 ** place;
    drawPlane(frame, share, place);
    if (line) drawFunction(frame, share, place);
    drawLoss(frame, share, place);
    element("now").textContent = "t = " + short(time);
    describe(frame, share);
    tell(time);
  };
  let waiting = false;
  const redraw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  };
  const go = (to) => {
    position = Math.min(1, Math.max(0, to));
    element("time").value = Math.round(1000 * position);
    redraw();
  };
  const setPlaying = (on) => {
    playing = on;
    element("play").textContent = on ? "❚❚" : "▶";
    element("play").setAttribute("aria-label", on ? "Pause" : "Play");
    if (on) {
      if (position >= 1) go(0);
      before = performance.now();
      requestAnimationFrame(step);
    }
  };
  // The whole film takes a quarter of a minute at speed 1.
  const step = (now) => {
    if (!playing) return;
    go(position + (Math.max(0, now - before) / 15000) * Number(element("speed").value));
    before = now;
    if (position >= 1) setPlaying(false); else requestAnimationFrame(step);
  };

  const nearest = (id, event) => {
    const box = element(id).getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let found = -1, distance = event.pointerType === "touch" ? 26 : 16;
    shown[id].forEach((at, j) => {
      const away = at ? Math.hypot(at[0] - x, at[1] - y) : Infinity;
      if (away < distance) { distance = away; found = j; }
    });
    return found;
  };
  for (const id of ["plane", "function"]) {
    element(id).addEventListener("pointermove", (event) => { pointed = nearest(id, event); redraw(); });
    element(id).addEventListener("pointerleave", () => { pointed = -1; redraw(); });
    element(id).addEventListener("click", (event) => {
      const found = nearest(id, event);
      held = found === held ? -1 : found;
      redraw();
    });
  }
  const seek = (event) => {
    const box = element("loss").getBoundingClientRect();
    setPlaying(false);
    go((event.clientX - box.left - lossAxis.left) / (lossAxis.right - lossAxis.left));
  };
  element("loss").addEventListener("pointerdown", seek);
  element("loss").addEventListener("pointermove", (event) => { if (event.buttons & 1) seek(event); });
  element("play").addEventListener("click", () => setPlaying(!playing));
  element("time").addEventListener("input", () => { setPlaying(false); go(Number(element("time").value) / 1000); });
  for (const id of ["logarithmic", "trails"]) element(id).addEventListener("change", redraw);
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && !/^(INPUT|BUTTON|SELECT)$/.test(event.target.tagName)) {
      event.preventDefault();
      setPlaying(!playing);
    }
  });

  element("function-panel").hidden = !line;
  element("plane-words").textContent = (data.whole ? "Each neuron at |a| w" : "Each neuron at |a| w, projected on a plane")
    + ", blue for a > 0, orange for a < 0; 'log size' keeps its direction and shows log |a|‖w‖."
    + (data.inputs.length ? " Dashed: the kinks ⟨w, x⟩ = 0 of the examples; short strokes point to the active side." : "");
  data.kinds.forEach((kind, k) => {
    let count = 0;
    for (let e = 3; e < events.length; e += 4) count += events[e] === k;
    const word = document.createElement("b");
    word.style.color = "var(--k" + (k % 5) + ")";
    word.textContent = "| " + count + " " + kind.replace(/-/g, " ");
    element("kinds").append(word);
  });
  if (data.left_out) element("kinds").append("(" + data.left_out + " later events are not shown)");
  readColours();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
  new ResizeObserver(redraw).observe(document.querySelector(".panels"));
  draw();
})();
