import { clock } from '../progress';
import { ReportData, ReportImage, ReportJob, ReportMoment, ReportQuarantine } from './data';
import { html, Markup } from './markup';
import { STYLE } from './style';

/** The whole report as one HTML page that needs nothing else. */
export function renderReport(data: ReportData): string {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${headline(data)} - Streaming labeling demo</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
${header(data)}
${chain(data)}
${gallery(data)}
${quarantine(data)}
${duplicates(data)}
${footer(data)}
</main>
</body>
</html>
`;
  return page.text;
}

function headline({ counts, findings }: ReportData): string {
  if (findings.length === 0) {
    return `${plural(counts.labeled, 'image')} labeled, none lost, none twice`;
  }
  return `${plural(counts.labeled, 'image')} labeled, ${counts.lost} lost, ${counts.double} labeled twice`;
}

function header(data: ReportData): Markup {
  const { counts, findings, sabotage, startedAt, endedAt } = data;
  const sign = (count: number) => (count === 0 ? 'good' : 'bad');
  return html`<header>
<p class="kicker">Streaming labeling demo, ${new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
<h1>${headline(data)}</h1>
<p class="lead">${plural(counts.dropped, 'file')} dropped into a bucket, ${plural(counts.jobs, 'labeling job')}, ${duration(endedAt - startedAt)}
on an emulated AWS with a simulated Ground Truth.</p>
${sabotage === undefined ? '' : html`<div class="notice"><b>Sabotaged on purpose:</b> ${sabotage}.</div>`}
${findings.length === 0 ? '' : html`<div class="notice bad"><b>What went wrong</b>
<ul>${findings.map(({ kind, what, why }) => html`<li><b>${kind}:</b> <span class="mono">${what}</span>: ${why}</li>`)}</ul></div>`}
<dl class="numbers">
${number('dropped', counts.dropped)}${number('labeled', counts.labeled)}${number('quarantined', counts.quarantined)}${
  number('duplicates', counts.duplicates)}${number('jobs', counts.jobs)}${number('lost', counts.lost, sign(counts.lost))}${
  number('double', counts.double, sign(counts.double))}
</dl>
</header>`;
}

function number(name: string, value: number, tone = ''): Markup {
  return html`<div class="card ${tone}"><dt>${name}</dt><dd>${value}</dd></div>`;
}

function chain(data: ReportData): Markup {
  const { jobs, drops, images, startedAt, endedAt } = data;
  const place = (at: number) => `left:${percent((at - startedAt) / Math.max(1, endedAt - startedAt))}`;
  return html`<section>
<h2>The chain of jobs</h2>
<p class="soft">Ground Truth ends every streaming job after 30 days. What was dropped while none ran, and what the ended one left, goes to the next.</p>
<div class="card lanes">
${lane('Drops', plural(drops.length, 'file'), drops.map(({ key, at }) => html`<i class="dot drop" style="${place(at)}" title="${key}"></i>`))}
${jobs.map(job => lane(job.name, jobFacts(job), [
  html`<i class="span ${job.endedAt === undefined ? '' : 'ended'}" style="${place(job.createdAt)};right:${
    percent(1 - ((job.endedAt ?? endedAt) - startedAt) / Math.max(1, endedAt - startedAt))}"></i>`,
  ...images.filter(({ labeledBy, labeledAt }) => labeledBy === job.number && labeledAt !== undefined)
    .map(({ keys, labeledAt }) => html`<i class="dot" style="${place(labeledAt!)}" title="${keys[0]}"></i>`),
]))}
<div class="lane"><span></span><div class="scale"><span>0:00</span><span>${clock((endedAt - startedAt) / 2000)}</span><span>${clock((endedAt - startedAt) / 1000)}</span></div></div>
<div class="legend"><span><i class="dot drop"></i> a file is dropped</span><span><i class="dot"></i> an image is labeled</span></div>
</div>
${jobs.filter(({ reason }) => reason !== undefined).map(({ name, reason }) => html`<p class="soft" style="margin-top:12px"><span class="mono">${name}</span> ended: ${reason}</p>`)}
</section>`;
}

function lane(name: string, facts: string, marks: readonly Markup[]): Markup {
  return html`<div class="lane"><div class="lane-name"><b>${name}</b><span class="soft">${facts}</span></div><div class="track">${marks}</div></div>
`;
}

function jobFacts({ status, offered, labeled, carried }: ReportJob): string {
  return `${status}, ${labeled} of ${offered} labeled${carried > 0 ? `, ${carried} carried over` : ''}`;
}

function gallery({ images, labels, startedAt }: ReportData): Markup {
  return html`<section>
<h2>${plural(images.length, 'image')}</h2>
<p class="soft">As the workers saw them, with the label that the data set has. The workers are programs: they box the brightest and the darkest
part of a picture, so that a label on a wrong image, version or orientation is noticed.</p>
<div class="gallery">
${images.map(image => imageCard(image, labels, startedAt))}
</div>
</section>`;
}

function imageCard(image: ReportImage, labels: ReportData['labels'], start: number): Markup {
  const { keys, note, boxes = [], history, problem } = image;
  const color = (name: string) => labels.find(label => label.name === name)?.color ?? '#888888';
  const names = [...new Set(boxes.map(({ label }) => label))];
  return html`<article class="card image ${problem === undefined ? '' : 'lost'}">
<div class="stage">${picture(image, color)}</div>
<div class="about">
<h3>${keys[0]}</h3>
${keys.slice(1).map(key => html`<p>also dropped as ${key}</p>`)}
${note === undefined ? '' : html`<p>${note}</p>`}
<p>${whereLabeled(image)}</p>
${problem === undefined ? '' : html`<p class="problem">Lost: ${problem}</p>`}
${names.length === 0 ? '' : html`<ul class="chips">${names.map(name => html`<li><i style="background:${color(name)}"></i>${name}</li>`)}</ul>`}
${history.length === 0 ? '' : html`<details><summary>History</summary><ol>${history.map(moment => historyLine(moment, start))}</ol></details>`}
</div>
</article>
`;
}

function picture({ thumbnail, width, height, boxes = [], keys }: ReportImage, color: (name: string) => string): Markup {
  if (thumbnail === undefined) {
    return html`<span>no image</span>`;
  }
  const rectangle = (kind: string, box: { left: number; top: number; width: number; height: number }, stroke?: string) =>
    html`<rect class="${kind}" x="${box.left}" y="${box.top}" width="${box.width}" height="${box.height}"${stroke === undefined ? '' : html` stroke="${stroke}"`}/>`;
  return html`<div class="picture ${width * 3 >= height * 4 ? 'wide' : 'tall'}" style="aspect-ratio:${width}/${height}"><img src="${thumbnail}" alt="${keys[0]}" loading="lazy"><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${
    boxes.map(box => html`${rectangle('halo', box)}${rectangle('box', box, color(box.label))}`)}</svg></div>`;
}

function whereLabeled({ labeledBy, offeredTo, width, height }: ReportImage): string {
  const size = width > 0 ? `${width} x ${height}, ` : '';
  const others = offeredTo.filter(job => job !== labeledBy);
  const offered = others.length === 0 ? '' : `offered to job ${others.join(', ')}, `;
  return size + (labeledBy === undefined ? `${offered}not labeled` : `${offered}labeled by job ${labeledBy}`);
}

function historyLine({ at, event, detail }: ReportMoment, start: number): Markup {
  return html`<li><time>${clock(Math.max(0, at - start) / 1000)}</time><span>${event}${detail === undefined ? '' : ` (${detail})`}</span></li>`;
}

function quarantine({ quarantine: files }: ReportData): Markup {
  return files.length === 0 ? html`` : html`<section>
<h2>In quarantine</h2>
<p class="soft">What cannot be labeled is kept, with the reason and with what to do. It holds up nothing else.</p>
<div class="files">${files.map(quarantineCard)}</div>
</section>`;
}

function quarantineCard({ key, note, size, reason, detail, remedy }: ReportQuarantine): Markup {
  return html`<article class="card file"><h3>${key}</h3><span class="tag">${reason}</span>
<p class="soft">${note === undefined ? '' : `${note}; `}${size} bytes${detail === '' ? '' : `: ${detail}`}</p>
<p>${remedy}</p></article>
`;
}

function duplicates({ duplicates: files }: ReportData): Markup {
  return files.length === 0 ? html`` : html`<section>
<h2>Dropped again</h2>
<p class="soft">The same bytes under another name are noticed, and nobody is paid for them twice.</p>
<ul class="plain">${files.map(({ key, of }) => html`<li><span class="mono">${key}</span> <span class="soft">has the bytes of</span> <span class="mono">${of}</span></li>`)}</ul>
</section>`;
}

function footer({ dataSet, verdict }: ReportData): Markup {
  return html`<footer>
<p>Lost and labeled twice are counted by the demo's driver alone: from its own list of the bytes it dropped, from the bill of the simulated
workers (by the pixels that each saw), and from the data set, whose labels it compares with what it worked out from the original bytes.</p>
<p>Data set: ${plural(dataSet.lines, 'line')} in <code>${dataSet.folder}</code></p>
<p><code>${verdict}</code></p>
<p>The photographs are free to use; authors and licences are in <code>examples/photos/CREDITS.md</code>. Two of them are by vultilion and
danielbuechele on Flickr, under CC BY 2.0: <code>garden/flower.jpg</code> and <code>places/Pagode im Frühling.jpg</code>, shown here with boxes.</p>
</footer>`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? plural(seconds, 'second') : `${clock(seconds)} minutes`;
}

function percent(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
