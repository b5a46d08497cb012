import { type SQL, sql } from 'drizzle-orm'
import { poses } from '../../db/tables/poses'
import { isPersonal, type PoseFacetFilter, VIEW_GROUPS } from './pose-filter'

/** Columns that a filter compares with, by the filter's name; pose_facet_counts counts their combinations. */
export const COLUMN_FILTERS = [
  'difficulty',
  'gender',
  'view',
  'stance',
  'framing',
  'people',
  'featured',
  'premium',
] as const
export type ColumnFilter = (typeof COLUMN_FILTERS)[number]

/** The values that a column may have for a filter; null: any. */
export function wantedValues(filter: PoseFacetFilter, name: ColumnFilter): (string | number)[] | null {
  const value = filter[name]
  if (value === undefined) return null
  if (name === 'gender') return value === 'unisex' ? ['unisex'] : [value as string, 'unisex']
  if (name === 'view') return [...(VIEW_GROUPS[value as string] ?? [value as string])]
  return [typeof value === 'boolean' ? Number(value) : value]
}

/** The values of a filter that find a pose with this value in the column: what a facet counts it under. */
export function valuesThatFind(name: ColumnFilter, value: string | number): (string | number)[] {
  if (name === 'gender' && value === 'unisex') return ['male', 'female', 'unisex']
  if (name !== 'view') return [value]
  const groups = Object.entries(VIEW_GROUPS).filter(([, views]) => views.includes(String(value)))
  return [...new Set([value, ...groups.map(([group]) => group)])]
}

const columns = {
  difficulty: poses.difficulty,
  gender: poses.gender,
  view: poses.view,
  stance: poses.stance,
  framing: poses.framing,
  people: poses.peopleCount,
  featured: poses.isFeatured,
  premium: poses.isPremium,
}

/** Whether a filter compares a column. */
export const hasColumns = (filter: PoseFacetFilter): boolean =>
  COLUMN_FILTERS.some((name) => wantedValues(filter, name) !== null)

/** A category, tag or prop: its table has its poses in curated order. */
export type Member = { kind: 'category' | 'tag' | 'prop'; term: string }
/** What a statement starts from instead of all poses; `deepest`: the poses of these very categories, in no order. */
export type Driver = Member | { kind: 'deepest'; terms: string[] }

/** Categories, tags and props that a filter asks for, each of which has a table with its poses in curated order. */
export const driversOf = ({ category, tags = [], props = [] }: PoseFacetFilter): Member[] => [
  ...(category === undefined ? [] : [{ kind: 'category' as const, term: category }]),
  ...tags.map((term) => ({ kind: 'tag' as const, term })),
  ...props.map((term) => ({ kind: 'prop' as const, term })),
]

const MEMBERS = {
  category: { table: sql.raw('pose_category_members'), key: sql.raw('category_slug') },
  tag: { table: sql.raw('pose_tags'), key: sql.raw('tag') },
  prop: { table: sql.raw('pose_props'), key: sql.raw('prop') },
}

/** `from`: the tables of a statement that has `poses` as its last one; `most`: only so many rows of the driver are read. */
export function fromDriver(driver: Driver | null, most?: number): { from: SQL; where: SQL[] } {
  if (!driver) return { from: sql`poses`, where: [sql`poses.is_public = 1`] }
  if (driver.kind === 'deepest')
    return {
      from: sql`(select members.* from json_each(${JSON.stringify(driver.terms)}) as slug
        cross join pose_category_members as members on members.category_slug = slug.value
        ${most === undefined ? sql`` : sql`limit ${most}`}) as member
        cross join poses on poses.id = member.pose_id`,
      // A category's members are those below it too.
      where: [sql`poses.category_slug = member.category_slug`, sql`poses.is_public = 1`],
    }
  const { table, key } = MEMBERS[driver.kind]
  return {
    from: sql`${table} as member cross join poses on poses.id = member.pose_id`,
    where: [sql`member.${key} = ${driver.term}`, sql`poses.is_public = 1`],
  }
}

/**
 * `from` and `where` of what is somebody's own: what they used last, a collection of theirs, their poses or favourites;
 * of several of these at once, the first is what is read.
 */
export function fromPerson(filter: PoseFacetFilter, userId: string): { from: SQL; where: SQL[] } {
  const visible = sql`(poses.is_public = 1 or poses.owner_id = ${userId}) and poses.deleted_at is null`
  const favorite = sql`exists (select 1 from pose_favorites where user_id = ${userId} and pose_id = poses.id)`
  const collected = sql`exists (select 1 from pose_collection_items where collection_id = ${filter.collection ?? ''}
    and pose_id = poses.id)`
  const used = sql`exists (select 1 from pose_uses where user_id = ${userId} and pose_id = poses.id)`
  const where = [
    visible,
    ...(filter.recent ? [used] : []),
    ...(filter.mine ? [sql`poses.owner_id = ${userId}`] : []),
    ...(filter.favorites ? [favorite] : []),
    ...(filter.collection === undefined ? [] : [collected]),
  ]
  if (filter.recent)
    return {
      from: sql`pose_uses as mine cross join poses on poses.id = mine.pose_id`,
      where: [sql`mine.user_id = ${userId}`, ...where.filter((condition) => condition !== used)],
    }
  if (filter.collection !== undefined)
    return {
      from: sql`pose_collection_items as mine cross join poses on poses.id = mine.pose_id`,
      where: [sql`mine.collection_id = ${filter.collection}`, ...where.filter((condition) => condition !== collected)],
    }
  if (filter.mine) return { from: sql`poses`, where }
  return {
    from: sql`pose_favorites as mine cross join poses on poses.id = mine.pose_id`,
    where: [sql`mine.user_id = ${userId}`, ...where.filter((condition) => condition !== favorite)],
  }
}

/** The conditions of a filter on `poses`; `driver` is met already. A personal list has few rows, which are looked into. */
export function conditionsOf(filter: PoseFacetFilter, driver: Driver | null = null): SQL[] {
  const isOwn = isPersonal(filter)
  return [
    ...COLUMN_FILTERS.flatMap((name) => {
      const wanted = wantedValues(filter, name)
      return wanted ? [sql`${columns[name]} in (select value from json_each(${JSON.stringify(wanted)}))`] : []
    }),
    ...driversOf(filter)
      .filter((member) => !isSame(member, driver))
      .map((member) => (isOwn ? says(member) : isMember(member))),
  ]
}

const isSame = ({ kind, term }: Member, driver: Driver | null): boolean =>
  driver !== null && driver.kind !== 'deepest' && kind === driver.kind && term === driver.term

/** Condition: a pose, or a row of another member's table, is in a category or has a tag or prop. */
function isMember({ kind, term }: Member, of = OF_POSES): SQL {
  const { table, key } = MEMBERS[kind]
  return sql`exists (select 1 from ${table} as m where m.${key} = ${term}
    and m.display_order = ${of.order} and m.pose_id = ${of.id})`
}

const OF_POSES = { order: sql`poses.display_order`, id: sql`poses.id` }
const OF_MEMBER = { order: sql`member.display_order`, id: sql`member.pose_id` }

/**
 * Counts what a filter leaves, starting from the rows of its rarest member, the first `limit` of them. Without columns
 * the tables of members tell it, and no pose is read.
 */
export function countFrom(start: Member, filter: PoseFacetFilter, limit: number): SQL {
  const { table, key } = MEMBERS[start.kind]
  const rows = sql`(select display_order, pose_id from ${table} where ${key} = ${start.term} limit ${limit}) as member`
  if (hasColumns(filter)) {
    const where = sql.join([sql`poses.is_public = 1`, ...conditionsOf(filter, start)], sql` and `)
    return sql`select count(*) as n from ${rows} cross join poses on poses.id = member.pose_id where ${where}`
  }
  const others = driversOf(filter).filter((member) => !isSame(member, start))
  const where = [sql`true`, ...others.map((member) => isMember(member, OF_MEMBER))]
  return sql`select count(*) as n from ${rows} where ${sql.join(where, sql` and `)}`
}

function says({ kind, term }: Member): SQL {
  const said = { category: [poses.categoryPath], tag: [poses.tagsEn, poses.tagsId], prop: [poses.props] }[kind]
  const tests = said.map((column) => sql`exists (select 1 from json_each(${column}) where lower(value) = ${term})`)
  return sql`(${sql.join(tests, sql` or `)})`
}
