// Stands in for @huggingface/tasks and @huggingface/jinja (wrangler.toml, [alias]): @huggingface/inference needs them for
// code examples of the Hub's website alone, and they are three quarters of its weight. A client that comes to need more of
// them fails to build.

const unused = (): never => {
  throw new Error('code examples are not in this build')
}

export const getModelInputSnippet = unused
export const inferenceSnippetLanguages: readonly string[] = []
export class Template {
  readonly render = unused
}
