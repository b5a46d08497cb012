/** Ids at the very end of a title, in parentheses: `(A1)`, `(A1, C3)`. */
const tagged = /^(?<title>.*\S)\s+\((?<ids>[A-Z]\d+(?:,\s*[A-Z]\d+)*)\)$/s

/**
 * A literal in the place of a title: first in `test(`, `it(`, `test.each(rows)(`; or the name that a row of such a table
 * brings along, first in its array or under `title:`. Good for titles on a line of their own too.
 */
const titles =
  /(?<place>\b(?:test|it)(?:\.\w+)*\s*\(|[)\]`]\s*\(|\[|\btitle:)\s*(?<quote>['"`])(?<text>(?:\\.|(?!\k<quote>)[^\\\n])+)\k<quote>/g

/** Tests that do not run prove nothing. */
const idle = /\.(?:skip|todo|fails)\b/

/**
 * The tests that say which faults they prove.
 * @param {{ path: string, text: string }[]} files sources of test files; paths from the root of the project
 * @returns {{ path: string, title: string, ids: string[] }[]} in the order of files and lines, titles without their tag
 */
export function taggedTests(files) {
  return files.flatMap(({ path, text }) =>
    [...withoutLineComments(text).matchAll(titles)].flatMap(({ groups }) => {
      const found = idle.test(groups.place) ? null : tagged.exec(unescaped(groups.text))
      return found ? { path, title: found.groups.title, ids: found.groups.ids.split(/,\s*/) } : []
    }),
  )
}

const withoutLineComments = (text) => text.replace(/^\s*\/\/.*$/gm, '')

const unescaped = (text) => text.replace(/\\(.)/g, '$1')
