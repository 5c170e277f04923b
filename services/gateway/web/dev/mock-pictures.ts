/**
 * Pictures for the mock gateway: small procedural scenes as SVG, so that the page can be looked at
 * without any painter. Development only.
 */

type Random = () => number;

/** Deterministic numbers in [0, 1): the same seed draws the same picture. */
function randomFrom(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const PALETTES = [
  ["#f6d9b0", "#ef9a63", "#c8553d", "#6d2e46", "#2b1d33"],
  ["#d7ecf2", "#8fc1d4", "#4a86a8", "#24527a", "#132743"],
  ["#f3eedb", "#d9c589", "#8aa06b", "#47705a", "#1f3d3a"],
  ["#fbe3e6", "#f2a7b5", "#b76a9b", "#5b4a8a", "#272451"],
  ["#fff4d6", "#ffd166", "#ef8354", "#4f5d75", "#2d3142"],
  ["#e8f1ee", "#a9d0c5", "#5fa8a0", "#2f6f77", "#12343b"],
] as const;

const n = (value: number) => value.toFixed(1);

function hills(random: Random, width: number, height: number, colors: readonly string[]): string {
  const sunX = width * (0.2 + random() * 0.6);
  const sunY = height * (0.2 + random() * 0.25);
  const radius = Math.min(width, height) * (0.07 + random() * 0.08);
  let svg = `<circle cx="${n(sunX)}" cy="${n(sunY)}" r="${n(radius * 2.2)}" fill="${colors[0]}" opacity=".35"/>`;
  svg += `<circle cx="${n(sunX)}" cy="${n(sunY)}" r="${n(radius)}" fill="#fffaf0"/>`;
  for (let layer = 0; layer < 4; layer += 1) {
    const base = height * (0.5 + layer * 0.14);
    const swing = height * (0.13 - layer * 0.02);
    const phase = random() * 6;
    let path = `M0 ${height}`;
    for (let x = 0; x <= width; x += width / 32) {
      const y = base + Math.sin(x / (width / (3 + layer)) + phase) * swing * random();
      path += `L${n(x)} ${n(y - Math.sin(x / (width / 7) + phase * 2) * swing * 0.5)}`;
    }
    svg += `<path d="${path}L${width} ${height}Z" fill="${colors[layer + 1]}" opacity=".94"/>`;
  }
  return svg;
}

function sea(random: Random, width: number, height: number, colors: readonly string[]): string {
  const horizon = height * (0.45 + random() * 0.15);
  const moon = width * (0.25 + random() * 0.5);
  const radius = Math.min(width, height) * 0.09;
  let svg = `<circle cx="${n(moon)}" cy="${n(horizon - height * 0.2)}" r="${n(radius)}" fill="#fff6e0"/>`;
  svg += `<rect y="${n(horizon)}" width="${width}" height="${height}" fill="${colors[3]}"/>`;
  for (let wave = 0; wave < 34; wave += 1) {
    const y = horizon + (height - horizon) * (wave / 34) ** 1.5;
    const long = width * (0.05 + random() * 0.22);
    const near = moon - long / 2 + (random() - 0.5) * width * (0.1 + (wave / 34) * 0.9);
    svg += `<rect x="${n(near)}" y="${n(y)}" width="${n(long)}" height="${n(1.5 + wave / 9)}" rx="2" fill="${colors[wave % 2]}" opacity="${n(0.2 + random() * 0.5)}"/>`;
  }
  const boat = width * (0.2 + random() * 0.6);
  const size = Math.min(width, height) * 0.12;
  return `${svg}<path d="M${n(boat)} ${n(horizon + size * 0.3)}h${n(size)}l-${n(size * 0.2)} ${n(size * 0.25)}h-${n(size * 0.6)}zM${n(boat + size * 0.5)} ${n(horizon + size * 0.22)}v-${n(size)}l${n(size * 0.45)} ${n(size)}z" fill="${colors[4]}"/>`;
}

function shapes(random: Random, width: number, height: number, colors: readonly string[]): string {
  const cell = Math.min(width, height) / (3 + Math.floor(random() * 2));
  let svg = "";
  for (let y = 0; y < height; y += cell) {
    for (let x = 0; x < width; x += cell) {
      const color = () => colors[Math.floor(random() * colors.length)];
      svg += `<rect x="${n(x)}" y="${n(y)}" width="${n(cell + 0.5)}" height="${n(cell + 0.5)}" fill="${color()}"/>`;
      const kind = Math.floor(random() * 4);
      const turn = `rotate(${Math.floor(random() * 4) * 90} ${n(x + cell / 2)} ${n(y + cell / 2)})`;
      if (kind === 0) {
        svg += `<path d="M${n(x)} ${n(y)}a${n(cell)} ${n(cell)} 0 0 1 ${n(cell)} ${n(cell)}h-${n(cell)}z" fill="${color()}" transform="${turn}"/>`;
      } else if (kind === 1) {
        svg += `<circle cx="${n(x + cell / 2)}" cy="${n(y + cell / 2)}" r="${n(cell * 0.36)}" fill="${color()}"/>`;
      } else if (kind === 2) {
        svg += `<path d="M${n(x)} ${n(y)}h${n(cell)}l-${n(cell)} ${n(cell)}z" fill="${color()}" transform="${turn}"/>`;
      }
    }
  }
  return svg;
}

function flowers(random: Random, width: number, height: number, colors: readonly string[]): string {
  let svg = `<rect width="${width}" height="${height}" fill="${colors[0]}"/>`;
  for (let flower = 0; flower < 11; flower += 1) {
    const x = width * (0.08 + random() * 0.84);
    const y = height * (0.15 + random() * 0.6);
    const size = Math.min(width, height) * (0.06 + random() * 0.08);
    svg += `<path d="M${n(x)} ${n(y)}Q${n(x + size)} ${n((y + height) / 2)} ${n(x - size * 0.3)} ${height}" stroke="${colors[3]}" stroke-width="${n(size * 0.1)}" fill="none"/>`;
    const petals = 5 + Math.floor(random() * 4);
    const color = colors[1 + Math.floor(random() * 2)];
    for (let petal = 0; petal < petals; petal += 1) {
      svg += `<ellipse cx="${n(x)}" cy="${n(y - size * 0.65)}" rx="${n(size * 0.34)}" ry="${n(size * 0.62)}" fill="${color}" opacity=".92" transform="rotate(${n((360 / petals) * petal)} ${n(x)} ${n(y)})"/>`;
    }
    svg += `<circle cx="${n(x)}" cy="${n(y)}" r="${n(size * 0.28)}" fill="${colors[4]}"/>`;
  }
  return svg;
}

const SCENES = [hills, sea, shapes, flowers, hills];

/** A finished picture, or what has formed of it after part (0 to 1) of its steps. */
export function drawPicture(seed: number, width: number, height: number, part = 1): string {
  const random = randomFrom(seed);
  const colors = PALETTES[Math.floor(random() * PALETTES.length)] ?? PALETTES[0];
  const scene = SCENES[Math.floor(random() * SCENES.length)] ?? hills;
  const blur = (1 - part) * Math.min(width, height) * 0.09;
  const filter =
    part < 1
      ? `<filter id="f" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${n(blur)}"/></filter>`
      : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="${colors[1]}"/><stop offset="1" stop-color="${colors[0]}"/></linearGradient>${filter}</defs><g${part < 1 ? ' filter="url(#f)"' : ""}><rect x="-50%" y="-50%" width="200%" height="200%" fill="url(#g)"/>${scene(random, width, height, colors)}</g></svg>`;
}

export function meanColor(seed: number): string {
  const random = randomFrom(seed);
  const colors = PALETTES[Math.floor(random() * PALETTES.length)] ?? PALETTES[0];
  return colors[1];
}
