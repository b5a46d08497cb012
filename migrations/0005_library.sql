CREATE TABLE `pose_collection_items` (
	`collection_id` text NOT NULL,
	`pose_id` text NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`collection_id`, `pose_id`),
	FOREIGN KEY (`collection_id`) REFERENCES `pose_collections`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_collections` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "pose_collections_name" CHECK(length("pose_collections"."name") between 1 and 100)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `pose_collections_by_user` ON `pose_collections` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `library_state` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	CONSTRAINT "library_state_one_row" CHECK("library_state"."id" = 1)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_daily_uses` (
	`pose_id` text NOT NULL,
	`day` integer NOT NULL,
	`uses` integer NOT NULL,
	`match_sum` real DEFAULT 0 NOT NULL,
	`match_count` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`pose_id`, `day`),
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_facet_counts` (
	`category_slug` text NOT NULL,
	`difficulty` text NOT NULL,
	`gender` text NOT NULL,
	`view` text NOT NULL,
	`framing` text NOT NULL,
	`stance` text NOT NULL,
	`people_count` integer NOT NULL,
	`is_featured` integer NOT NULL,
	`is_premium` integer NOT NULL,
	`pose_count` integer NOT NULL,
	PRIMARY KEY(`category_slug`, `difficulty`, `gender`, `view`, `framing`, `stance`, `people_count`, `is_featured`, `is_premium`),
	FOREIGN KEY (`category_slug`) REFERENCES `pose_categories`(`slug`) ON UPDATE no action ON DELETE restrict
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_props` (
	`prop` text NOT NULL,
	`display_order` integer NOT NULL,
	`pose_id` text NOT NULL,
	PRIMARY KEY(`prop`, `display_order`, `pose_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_shapes` (
	`owner_id` text DEFAULT '' NOT NULL,
	`cell` integer NOT NULL,
	`pose_id` text NOT NULL,
	`person` integer NOT NULL,
	`descriptor` blob NOT NULL,
	PRIMARY KEY(`owner_id`, `cell`, `pose_id`, `person`),
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `pose_shapes_by_pose` ON `pose_shapes` (`pose_id`);--> statement-breakpoint
CREATE TABLE `pose_term_counts` (
	`kind` text NOT NULL,
	`term` text NOT NULL,
	`pose_count` integer NOT NULL,
	PRIMARY KEY(`kind`, `term`),
	CONSTRAINT "pose_term_counts_kind" CHECK("pose_term_counts"."kind" in ('tag_en', 'tag_id', 'prop'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_uses` (
	`user_id` text NOT NULL,
	`pose_id` text NOT NULL,
	`uses` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `pose_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
-- Filled by the triggers below, like everything that repeats what a pose says: no foreign key to the pose, which would cost a
-- look for every row, and a scan for every deleted pose.
DROP TABLE `pose_category_members`;--> statement-breakpoint
CREATE TABLE `pose_category_members` (
	`category_slug` text NOT NULL,
	`display_order` integer NOT NULL,
	`pose_id` text NOT NULL,
	PRIMARY KEY(`category_slug`, `display_order`, `pose_id`),
	FOREIGN KEY (`category_slug`) REFERENCES `pose_categories`(`slug`) ON UPDATE no action ON DELETE restrict
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `pose_tags`;--> statement-breakpoint
CREATE TABLE `pose_tags` (
	`tag` text NOT NULL,
	`display_order` integer NOT NULL,
	`pose_id` text NOT NULL,
	PRIMARY KEY(`tag`, `display_order`, `pose_id`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `pose_categories` ADD `edited_at` integer;--> statement-breakpoint
ALTER TABLE `poses` ADD `owner_id` text REFERENCES users(id) ON DELETE cascade;--> statement-breakpoint
ALTER TABLE `poses` ADD `number` integer;--> statement-breakpoint
ALTER TABLE `poses` ADD `rating_sum` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `poses` ADD `rating_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `poses` ADD `popularity` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `poses` ADD `rating_score` integer DEFAULT 350 NOT NULL;--> statement-breakpoint
ALTER TABLE `poses` ADD `edited_at` integer;--> statement-breakpoint
ALTER TABLE `poses` ADD `deleted_at` integer;--> statement-breakpoint
ALTER TABLE `poses` ADD `shipped_revision` text;--> statement-breakpoint
CREATE INDEX `poses_by_popularity` ON `poses` (`is_public`,"popularity" desc,`display_order`);--> statement-breakpoint
CREATE INDEX `poses_by_rating` ON `poses` (`is_public`,"rating_score" desc,`display_order`);--> statement-breakpoint
CREATE INDEX `poses_by_age` ON `poses` (`is_public`,"added_at" desc,`display_order`);--> statement-breakpoint
CREATE INDEX `poses_by_name_en` ON `poses` (`is_public`,"name_en" collate nocase);--> statement-breakpoint
CREATE INDEX `poses_by_name_id` ON `poses` (`is_public`,"name_id" collate nocase);--> statement-breakpoint
CREATE UNIQUE INDEX `poses_by_number` ON `poses` (`number`);--> statement-breakpoint
CREATE INDEX `poses_by_category` ON `poses` (`category_slug`);--> statement-breakpoint
CREATE INDEX `poses_by_owner` ON `poses` (`owner_id`,`added_at`) WHERE "poses"."owner_id" is not null;--> statement-breakpoint
CREATE INDEX `poses_popularity_due` ON `poses` (`id`) WHERE "poses"."popularity" <> "poses"."usage_count" + "poses"."favorite_count";--> statement-breakpoint
ALTER TABLE `pose_requests` ADD `reference_upload_id` text REFERENCES uploads(id) ON DELETE set null;--> statement-breakpoint
ALTER TABLE `pose_requests` ADD `votes_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `pose_requests` ADD `credit_name` text;--> statement-breakpoint
ALTER TABLE `pose_requests` ADD `updated_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `pose_requests` ADD `announced_at` integer;--> statement-breakpoint
ALTER TABLE `pose_requests` ADD `announce_after` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `pose_requests_by_votes` ON `pose_requests` (`votes_count`,`id`);--> statement-breakpoint
CREATE INDEX `pose_requests_by_user` ON `pose_requests` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `pose_requests_to_announce` ON `pose_requests` (`id`) WHERE "pose_requests"."status" in ('completed', 'rejected') and "pose_requests"."announced_at" is null;--> statement-breakpoint
CREATE INDEX `poses_rating_due` ON `poses` (`id`) WHERE "poses"."rating_score" <> ("poses"."rating_sum" * 100 + 1750) / ("poses"."rating_count" + 5);--> statement-breakpoint
CREATE INDEX `pose_term_counts_by_count` ON `pose_term_counts` (`kind`,"pose_count" desc);--> statement-breakpoint
CREATE INDEX `pose_uses_by_pose` ON `pose_uses` (`pose_id`);--> statement-breakpoint
CREATE INDEX `pose_requests_by_category` ON `pose_requests` (`category_slug`);--> statement-breakpoint
CREATE INDEX `pose_requests_by_upload` ON `pose_requests` (`reference_upload_id`);--> statement-breakpoint
-- The search index anew: without a copy of the texts, and its rows numbered, so that one pose can be taken out. `pose_search`
-- stays as it is until a later migration: the Worker of before searches it while this one is being deployed.
CREATE VIRTUAL TABLE `library_search` USING fts5(
	`names`,
	`tags`,
	`categories`,
	`descriptions`,
	content = '',
	contentless_delete = 1,
	tokenize = 'unicode61 remove_diacritics 2',
	prefix = '2 3 4'
);
--> statement-breakpoint
CREATE VIRTUAL TABLE `library_vocabulary` USING fts5vocab('library_search', 'row');--> statement-breakpoint
INSERT INTO `library_state`(`id`, `version`) VALUES (1, 1);--> statement-breakpoint
UPDATE `pose_categories` SET `pose_count` = 0;
--> statement-breakpoint
-- Whoever writes a library pose: everything that repeats it follows, in the same statement.
CREATE TRIGGER `poses_number` AFTER INSERT ON `poses` WHEN new.owner_id is null BEGIN
  update poses set number = (select coalesce(max(number), 0) + 1 from poses) where id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER `poses_derive` AFTER UPDATE OF number, name_en, name_id, description_en, description_id, tags_en, tags_id,
  category_slug, category_path, difficulty, gender, people_count, stance, framing, view, props, is_featured, is_premium, is_public,
  display_order, revision ON `poses` WHEN new.owner_id is null AND new.number is not null BEGIN
  delete from pose_category_members where old.is_public and old.number is not null and pose_id = old.id and display_order = old.display_order
    and category_slug in (select value from json_each(old.category_path));
  delete from pose_tags where old.is_public and old.number is not null and pose_id = old.id and display_order = old.display_order and tag in
    (select lower(value) from json_each(old.tags_en) union select lower(value) from json_each(old.tags_id));
  delete from pose_props where old.is_public and old.number is not null and pose_id = old.id and display_order = old.display_order
    and prop in (select lower(value) from json_each(old.props));
  delete from library_search where old.is_public and old.number is not null and rowid = old.number;
  update pose_categories set pose_count = pose_count - 1
    where old.is_public and old.number is not null and slug in (select value from json_each(old.category_path));
  update pose_facet_counts set pose_count = pose_count - 1
    where old.is_public and old.number is not null and category_slug = old.category_slug and difficulty = old.difficulty and gender = old.gender and view = old.view and framing = old.framing and stance = old.stance and people_count = old.people_count and is_featured = old.is_featured and is_premium = old.is_premium;
  delete from pose_facet_counts where old.is_public and old.number is not null and category_slug = old.category_slug and pose_count = 0;
  update pose_term_counts set pose_count = pose_count - 1 where old.is_public and old.number is not null and (kind, term) in (
    select 'tag_en', lower(value) from json_each(old.tags_en) union
    select 'tag_id', lower(value) from json_each(old.tags_id) union
    select 'prop', lower(value) from json_each(old.props));
  insert into pose_category_members (category_slug, display_order, pose_id)
    select distinct value, new.display_order, new.id from json_each(new.category_path) where new.is_public;
  insert into pose_tags (tag, display_order, pose_id)
    select lower(value), new.display_order, new.id from json_each(new.tags_en) where new.is_public union
    select lower(value), new.display_order, new.id from json_each(new.tags_id) where new.is_public;
  insert into pose_props (prop, display_order, pose_id)
    select distinct lower(value), new.display_order, new.id from json_each(new.props) where new.is_public;
  insert into library_search (rowid, names, tags, categories, descriptions)
    select new.number, new.name_en || ' ' || new.name_id,
      (select coalesce(group_concat(value, ' '), '') from json_each(new.tags_en)) || ' ' ||
      (select coalesce(group_concat(value, ' '), '') from json_each(new.tags_id)),
      (select coalesce(group_concat(pose_categories.name_en || ' ' || pose_categories.name_id, ' '), '')
        from json_each(new.category_path) join pose_categories on pose_categories.slug = json_each.value),
      new.description_en || ' ' || new.description_id
    where new.is_public;
  update pose_categories set pose_count = pose_count + 1
    where new.is_public and slug in (select value from json_each(new.category_path));
  insert into pose_facet_counts
    select new.category_slug, new.difficulty, new.gender, new.view, new.framing, new.stance, new.people_count,
      new.is_featured, new.is_premium, 1
    where new.is_public
    on conflict do update set pose_count = pose_count + 1;
  insert into pose_term_counts (kind, term, pose_count) select *, 1 from (
    select 'tag_en', lower(value) from json_each(new.tags_en) union
    select 'tag_id', lower(value) from json_each(new.tags_id) union
    select 'prop', lower(value) from json_each(new.props))
    where new.is_public
    on conflict do update set pose_count = pose_count + 1;
  update library_state set version = version + 1 where id = 1 and (old.is_public or new.is_public);
END;
--> statement-breakpoint
CREATE TRIGGER `poses_forget` AFTER DELETE ON `poses` WHEN old.owner_id is null BEGIN
  delete from pose_category_members where old.is_public and old.number is not null and pose_id = old.id and display_order = old.display_order
    and category_slug in (select value from json_each(old.category_path));
  delete from pose_tags where old.is_public and old.number is not null and pose_id = old.id and display_order = old.display_order and tag in
    (select lower(value) from json_each(old.tags_en) union select lower(value) from json_each(old.tags_id));
  delete from pose_props where old.is_public and old.number is not null and pose_id = old.id and display_order = old.display_order
    and prop in (select lower(value) from json_each(old.props));
  delete from library_search where old.is_public and old.number is not null and rowid = old.number;
  update pose_categories set pose_count = pose_count - 1
    where old.is_public and old.number is not null and slug in (select value from json_each(old.category_path));
  update pose_facet_counts set pose_count = pose_count - 1
    where old.is_public and old.number is not null and category_slug = old.category_slug and difficulty = old.difficulty and gender = old.gender and view = old.view and framing = old.framing and stance = old.stance and people_count = old.people_count and is_featured = old.is_featured and is_premium = old.is_premium;
  delete from pose_facet_counts where old.is_public and old.number is not null and category_slug = old.category_slug and pose_count = 0;
  update pose_term_counts set pose_count = pose_count - 1 where old.is_public and old.number is not null and (kind, term) in (
    select 'tag_en', lower(value) from json_each(old.tags_en) union
    select 'tag_id', lower(value) from json_each(old.tags_id) union
    select 'prop', lower(value) from json_each(old.props));
  update library_state set version = version + 1 where id = 1 and old.is_public;
END;
--> statement-breakpoint
CREATE TRIGGER `poses_ranking` AFTER UPDATE OF popularity, rating_score ON `poses` WHEN new.owner_id is null AND new.is_public
  AND (old.popularity <> new.popularity OR old.rating_score <> new.rating_score) BEGIN
  update library_state set version = version + 1 where id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_categories_changed` AFTER UPDATE OF name_en, name_id, icon, color, display_order, parent_slug ON `pose_categories` BEGIN
  update library_state set version = version + 1 where id = 1;
END;
--> statement-breakpoint
-- A category's names are searched for with its poses.
CREATE TRIGGER `pose_categories_renamed` AFTER UPDATE OF name_en, name_id ON `pose_categories`
  WHEN old.name_en <> new.name_en OR old.name_id <> new.name_id BEGIN
  update poses set number = number where id in
    (select pose_id from pose_category_members where category_slug = new.slug);
END;
--> statement-breakpoint
-- Counts follow their rows within the same statement: whoever votes twice, or at the same moment as others, is counted once.
CREATE TRIGGER `pose_favorites_added` AFTER INSERT ON `pose_favorites` BEGIN
  update poses set favorite_count = favorite_count + 1 where id = new.pose_id;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_favorites_removed` AFTER DELETE ON `pose_favorites` BEGIN
  update poses set favorite_count = favorite_count - 1 where id = old.pose_id;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_ratings_added` AFTER INSERT ON `pose_ratings` BEGIN
  update poses set rating_sum = rating_sum + new.stars, rating_count = rating_count + 1 where id = new.pose_id;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_ratings_changed` AFTER UPDATE OF stars ON `pose_ratings` BEGIN
  update poses set rating_sum = rating_sum + new.stars - old.stars where id = new.pose_id;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_ratings_removed` AFTER DELETE ON `pose_ratings` BEGIN
  update poses set rating_sum = rating_sum - old.stars, rating_count = rating_count - 1 where id = old.pose_id;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_request_votes_added` AFTER INSERT ON `pose_request_votes` BEGIN
  update pose_requests set votes_count = votes_count + 1 where id = new.request_id;
END;
--> statement-breakpoint
CREATE TRIGGER `pose_request_votes_removed` AFTER DELETE ON `pose_request_votes` BEGIN
  update pose_requests set votes_count = votes_count - 1 where id = old.request_id;
END;
--> statement-breakpoint
-- A picture is recorded once under its id, however often its message comes: so is the use of its pose.
CREATE TRIGGER `generated_poses_use` AFTER INSERT ON `generated_poses` WHEN new.pose_id is not null BEGIN
  update poses set usage_count = usage_count + 1 where id = new.pose_id;
  insert into pose_uses (user_id, pose_id, uses, last_used_at) values (new.user_id, new.pose_id, 1, new.created_at)
    on conflict do update set uses = uses + 1, last_used_at = max(last_used_at, excluded.last_used_at);
  insert into pose_daily_uses (pose_id, day, uses, match_sum, match_count)
    values (new.pose_id, (new.created_at + 25200000) / 86400000, 1, coalesce(new.pose_match, 0), new.pose_match is not null)
    on conflict do update set uses = uses + 1, match_sum = match_sum + excluded.match_sum,
      match_count = match_count + excluded.match_count;
END;
--> statement-breakpoint
-- What was there before is counted as the triggers would have.
UPDATE `poses` SET `shipped_revision` = `revision`;
--> statement-breakpoint
UPDATE `poses` SET `number` = numbered.n FROM
  (select id, row_number() over (order by display_order, id) as n from poses) AS numbered WHERE numbered.id = poses.id;
--> statement-breakpoint
-- By sums of one walk each: a look at every picture for every pose would take minutes, and D1 ends a statement after 30 s.
INSERT INTO `pose_uses` SELECT user_id, pose_id, count(*), max(created_at) FROM generated_poses
  WHERE pose_id is not null AND user_id in (select id from users) GROUP BY user_id, pose_id;
--> statement-breakpoint
INSERT INTO `pose_daily_uses` SELECT pose_id, (created_at + 25200000) / 86400000, count(*), coalesce(sum(pose_match), 0), count(pose_match)
  FROM generated_poses
  WHERE pose_id is not null GROUP BY 1, 2;
--> statement-breakpoint
UPDATE `poses` SET `usage_count` = (select coalesce(sum(uses), 0) from pose_daily_uses where pose_id = poses.id),
  `rating_count` = (select count(*) from pose_ratings where pose_id = poses.id),
  `rating_sum` = (select coalesce(sum(stars), 0) from pose_ratings where pose_id = poses.id);
--> statement-breakpoint
UPDATE `poses` SET `favorite_count` = counted.n FROM
  (select pose_id, count(*) as n from pose_favorites group by pose_id) AS counted WHERE counted.pose_id = poses.id;
--> statement-breakpoint
UPDATE `pose_requests` SET `votes_count` = (select count(*) from pose_request_votes where request_id = pose_requests.id);
--> statement-breakpoint
-- What ended before there were announcements is not announced years later.
UPDATE `pose_requests` SET `announced_at` = `created_at` WHERE `status` in ('completed', 'rejected');
