import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { poseRequests, poseRequestVotes } from '../../src/db/tables/requests'
import { giveVote, takeVote } from '../../src/requests/vote'
import { db, requestRow, userRow } from '../support/rows'

const ctx = makeCtx(env, 'votes', () => {})
const people = (count: number) => Promise.all(Array.from({ length: count }, () => userRow()))

/** What the request says, and how many rows there are. */
async function votesOf(requestId: string): Promise<[number, number]> {
  const [request] = await db.select().from(poseRequests).where(eq(poseRequests.id, requestId))
  const rows = await db.select().from(poseRequestVotes).where(eq(poseRequestVotes.requestId, requestId))
  return [request!.votesCount, rows.length]
}

test('a hundred votes of one person at once are one (J1)', async () => {
  const [owner, voter] = await people(2)
  const id = await requestRow(owner!)
  const answers = await Promise.all(Array.from({ length: 100 }, () => giveVote(ctx, voter!, id)))
  expect(await votesOf(id)).toEqual([1, 1])
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set(['{"votesCount":1,"hasVoted":true}']),
  )
})

test('a hundred people who vote at once are a hundred, and each is told a number of its own (J2)', async () => {
  const voters = await people(100)
  const id = await requestRow(voters[0]!)
  const answers = await Promise.all(voters.map((voter) => giveVote(ctx, voter, id)))
  expect(await votesOf(id)).toEqual([100, 100])
  expect(answers.map(({ votesCount }) => votesCount).sort((a, b) => a - b)).toEqual(voters.map((_, n) => n + 1))
}, 30_000)

test('votes given and taken back in any order leave exactly those who voted last (J2)', async () => {
  const voters = await people(40)
  const id = await requestRow(voters[0]!)
  await Promise.all(voters.slice(0, 20).map((voter) => giveVote(ctx, voter, id)))
  // The first twenty take theirs back, some twice; the others give theirs; five of them wobble.
  const wobbling = voters.slice(35)
  await Promise.all([
    ...voters.slice(0, 20).flatMap((voter) => [takeVote(ctx, voter, id), takeVote(ctx, voter, id)]),
    ...voters.slice(20).map((voter) => giveVote(ctx, voter, id)),
    ...wobbling.flatMap((voter) => [takeVote(ctx, voter, id), giveVote(ctx, voter, id)]),
  ])
  const has = async (userId: string) =>
    (
      await db
        .select()
        .from(poseRequestVotes)
        .where(and(eq(poseRequestVotes.requestId, id), eq(poseRequestVotes.userId, userId)))
    ).length === 1
  const left = await Promise.all(voters.map(has))
  expect(left.slice(0, 35)).toEqual([...Array(20).fill(false), ...Array(15).fill(true)])
  const [count, rows] = await votesOf(id)
  expect([count, rows]).toEqual([left.filter(Boolean).length, left.filter(Boolean).length])
}, 30_000)

test('a vote that races the end of its request counts before it or not at all (J3)', async () => {
  const voters = await people(30)
  const id = await requestRow(voters[0]!)
  const votes = voters.map((voter) =>
    giveVote(ctx, voter, id).then(
      () => true,
      () => false,
    ),
  )
  const end = db.update(poseRequests).set({ status: 'rejected', announcedAt: 1 }).where(eq(poseRequests.id, id))
  const [accepted] = await Promise.all([Promise.all(votes), end])
  const given = accepted.filter(Boolean).length
  expect(await votesOf(id)).toEqual([given, given])
  await expect(giveVote(ctx, voters[29]!, id)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
  await expect(takeVote(ctx, voters[0]!, id)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
  expect(await votesOf(id)).toEqual([given, given])
})

test('a vote for what is not there is a 404', async () => {
  const [voter] = await people(1)
  for (const vote of [giveVote, takeVote])
    await expect(vote(ctx, voter!, 'req_01J00000000000000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
