import { DurableObject } from 'cloudflare:workers'
import { type Admission, createGuessTable, forgetGuesses, type GuessLimit, giveBackGuess, takeGuess } from './guesses'
import { createSlotTable, type SlotLimit, takeSlot } from './slots'

/**
 * Slows down one account or one address; its name is a keyed hash of which. Every method is synchronous: between looking
 * at the count and raising it nobody else gets a turn. Once all is forgotten it erases itself and costs nothing.
 */
export class AttemptsObject extends DurableObject<Env> {
  takeGuess(limit: GuessLimit): Admission {
    return this.#armed(takeGuess(this.#tables(), limit, Date.now()))
  }

  giveBackGuess(): void {
    giveBackGuess(this.#tables())
  }

  forgetGuesses(): void {
    forgetGuesses(this.#tables())
  }

  takeSlot(limit: SlotLimit): Admission {
    return this.#armed(takeSlot(this.#tables(), limit, Date.now()))
  }

  override async alarm(): Promise<void> {
    const due = this.#forgottenAt()
    if (due > Date.now()) await this.ctx.storage.setAlarm(due)
    else await this.ctx.storage.deleteAll()
  }

  /** Created on every call, not in the constructor: `deleteAll` takes the tables from an object that may live on. */
  #tables(): SqlStorage {
    createGuessTable(this.ctx.storage.sql)
    createSlotTable(this.ctx.storage.sql)
    return this.ctx.storage.sql
  }

  #armed(admission: Admission): Admission {
    if (admission.ok) void this.ctx.storage.setAlarm(this.#forgottenAt())
    return admission
  }

  /** When the last thing remembered here is forgotten; 0 when nothing is. */
  #forgottenAt(): number {
    const query =
      'SELECT MAX(expires_at) AS at FROM (SELECT expires_at FROM guess UNION ALL SELECT expires_at FROM slot)'
    return Number(this.#tables().exec(query).one().at ?? 0)
  }
}
