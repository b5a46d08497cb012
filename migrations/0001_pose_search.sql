-- Search over the pose library: one row a pose, English and Indonesian together. Written by hand: drizzle-kit knows no
-- virtual tables. Whoever writes poses writes this table in the same batch (scripts/seed/statements.mjs).
-- Column order is the order of the weights in src/poses/search-poses.ts.
CREATE VIRTUAL TABLE `pose_search` USING fts5(
	`pose_id` UNINDEXED,
	`names`,
	`tags`,
	`categories`,
	`descriptions`,
	tokenize = 'unicode61 remove_diacritics 2',
	prefix = '2 3 4'
);
--> statement-breakpoint
-- Every word of the index, for the correction of typing mistakes (https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module).
CREATE VIRTUAL TABLE `pose_vocabulary` USING fts5vocab('pose_search', 'row');
