export type TaggedTest = { path: string; title: string; ids: string[] }
export function taggedTests(files: readonly { path: string; text: string }[]): TaggedTest[]
