import { joinPhrases, phrasesOf } from '../prompt/phrases'

/**
 * The prompt of an empty place that a person is put before afterwards. Nothing is turned into a negative, FLUX has none:
 * "empty" keeps people out better than "no people". The seller's words are kept longest.
 */
export const platePrompt = (wanted: string): string =>
  joinPhrases([
    { keep: 1, phrases: ['empty scene', 'background plate for a product photo'] },
    { keep: 0, phrases: phrasesOf(wanted) },
    {
      keep: 2,
      phrases: [
        'unoccupied',
        'camera at eye level',
        'clear floor in front',
        'soft even light',
        'slightly out of focus',
      ],
    },
  ])
