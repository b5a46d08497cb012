CREATE TABLE `moderation_violations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`field` text NOT NULL,
	`term_id` text NOT NULL,
	`category` text NOT NULL,
	`list_version` text NOT NULL,
	`text_hash` text NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `moderation_violations_by_user` ON `moderation_violations` (`user_id`,`id`);--> statement-breakpoint
ALTER TABLE `generated_poses` ADD `recipe` text;--> statement-breakpoint
ALTER TABLE `generated_poses` ADD `cost_micro_usd` integer DEFAULT 0 NOT NULL;
