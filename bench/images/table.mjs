// The figures beside their bars.

const MIB = 2 ** 20
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const ms = (value) => `${value.toFixed(0)} ms`
const mib = (bytes) => (bytes / MIB).toFixed(1)
const kb = (value) => `${(value / 1000).toFixed(1)} kB`

const BARS = {
  time: 0.45,
  bytes: 1.02,
  psnrLossDb: 0.1,
  resizeDb: 55,
  wasmMib: 48,
  allMib: 64,
  codeKb: 400,
  growthPages: 0,
}

/** Prints everything; true when every bar is kept. */
export function printTable({ runs, times, quality, codeBytes, growthPages }) {
  const lines = []
  const bar = (name, figure, isKept, wanted) => lines.push({ name, figure, wanted, isKept })
  print(`\nTimes: medians of ${runs} runs in turns; CPU is of the Worker's thread and of all of sharp's.\n`)
  print(row('picture', 'files', 'Worker', 'sharp', 'ratio', 'CPU', 'sharp', 'bytes', 'sharp', 'ratio'))
  for (const [name, sets] of Object.entries(times)) {
    for (const [set, { ours, cpu, native, nativeCpu, answer, nativeBytes }] of Object.entries(sets)) {
      const ratio = median(ours) / median(native)
      const bytes = answer.files.reduce((sum, file) => sum + file.bytes, 0)
      const cpuText = cpu[0] === null ? '-' : ms(median(cpu))
      const figures = [ms(median(ours)), ms(median(native)), ratio.toFixed(2), cpuText, ms(median(nativeCpu))]
      print(row(name, set, ...figures, kb(bytes), kb(nativeBytes), (bytes / nativeBytes).toFixed(2)))
      const what = set === 'all' ? 'all 17' : 'A4'
      bar(`${name}, ${what}: time of sharp's`, ratio.toFixed(2), ratio <= BARS.time, `<= ${BARS.time}`)
    }
  }
  for (const [name, rows] of Object.entries(quality)) {
    print(`\n${name}: dB of pixels and files to what they should be, bytes, and their ratio without marks\n`)
    print(row('format', 'resize', 'sharp', 'file', 'sharp', 'diff', 'bytes', 'marks', 'sharp', 'ratio'))
    for (const { format, resizeDb, nativeResizeDb, db, nativeDb, bytes, markBytes, nativeBytes } of rows) {
      const figures = [resizeDb, nativeResizeDb, db, nativeDb, db - nativeDb].map((value) => value.toFixed(2))
      const ratio = ((bytes - markBytes) / nativeBytes).toFixed(3)
      print(row(format.id, ...figures, kb(bytes), kb(markBytes), kb(nativeBytes), ratio))
    }
    const lossy = rows.filter(({ format }) => format.quality !== null)
    const loss = Math.min(...lossy.map(({ db, nativeDb }) => db - nativeDb))
    const least = Math.min(...rows.map(({ resizeDb }) => resizeDb))
    const total = (which) => rows.reduce((sum, one) => sum + one[which], 0)
    const share = total('bytes') / total('nativeBytes')
    const largest = Math.max(...rows.map((one) => (one.bytes - one.markBytes) / one.nativeBytes))
    bar(
      `${name}: PSNR of the worst file above sharp's`,
      `${loss.toFixed(2)} dB`,
      loss >= -BARS.psnrLossDb,
      '>= -0.1 dB',
    )
    bar(`${name}: resizing, worst, to exact arithmetic`, `${least.toFixed(1)} dB`, least >= BARS.resizeDb, '>= 55 dB')
    bar(`${name}: bytes of all files, marks included`, share.toFixed(3), share <= BARS.bytes, '<= 1.02')
    bar(`${name}: bytes of the worst file without marks`, largest.toFixed(3), largest <= BARS.bytes, '<= 1.02')
  }
  print('')
  for (const [name, { all }] of Object.entries(times)) {
    const { held, wasmBytes } = all.answer
    const parts = held.map((one) => `${one.name} ${mib(one.bytes)}`).join(', ')
    print(`${name}: one job held at most ${parts} MiB`)
    const allBytes = held.reduce((sum, { bytes }) => sum + bytes, 0)
    bar(`${name}: WebAssembly of one job`, `${mib(wasmBytes)} MiB`, wasmBytes <= BARS.wasmMib * MIB, '<= 48 MiB')
    bar(`${name}: and all its buffers`, `${mib(allBytes)} MiB`, allBytes <= BARS.allMib * MIB, '<= 64 MiB')
  }
  bar(
    'growth of WebAssembly memory in 200 repeats',
    `${growthPages} pages`,
    growthPages === BARS.growthPages,
    '0 pages',
  )
  bar('code of decoding and coding, gzip', kb(codeBytes), codeBytes <= BARS.codeKb * 1000, '<= 400 kB')
  print('')
  for (const { name, figure, wanted, isKept } of lines) {
    print(`${isKept ? 'pass' : 'FAIL'}  ${name.padEnd(48)} ${figure.padStart(10)}  (bar ${wanted})`)
  }
  return lines.every(({ isKept }) => isKept)
}

const print = (line) => process.stdout.write(`${line}\n`)
const row = (name, ...cells) => name.padEnd(20) + cells.map((cell) => cell.padStart(10)).join('')
