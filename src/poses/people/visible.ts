import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { poses } from '../../db/tables/poses'

/** Poses that the library shows to everybody. */
export const isInLibrary = (): SQL => and(eq(poses.isPublic, true), isNull(poses.ownerId))!

/** Poses that this person can use: the library's and his own, without what was deleted. */
export const isVisibleTo = (userId: string): SQL =>
  or(isInLibrary(), and(eq(poses.ownerId, userId), isNull(poses.deletedAt)))!

/** A column of a selection: wrapped, because drizzle drops the tables of names that stand in one directly. */
export const qualified = <T>(expression: SQL): SQL<T> => sql<T>`${expression}`
