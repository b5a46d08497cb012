CREATE TABLE `sweep_cursors` (
	`name` text PRIMARY KEY NOT NULL,
	`cursor` text NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `export_variants` (
	`id` text PRIMARY KEY NOT NULL,
	`image_id` text NOT NULL,
	`recipe_hash` text NOT NULL,
	`format` text NOT NULL,
	`object_key` text NOT NULL,
	`content_type` text NOT NULL,
	`width_px` integer NOT NULL,
	`height_px` integer NOT NULL,
	`size_bytes` integer NOT NULL,
	`crc32` integer NOT NULL,
	`quality` integer,
	`is_padded` integer NOT NULL,
	`keeps` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`image_id`) REFERENCES `generated_poses`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "export_variants_keeps" CHECK("export_variants"."keeps" in ('body', 'upper', 'head', 'nothing'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `export_variants_by_age` ON `export_variants` (`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `export_variants_once` ON `export_variants` (`image_id`,`recipe_hash`);--> statement-breakpoint
CREATE TABLE `picture_backgrounds` (
	`id` text PRIMARY KEY NOT NULL,
	`image_id` text NOT NULL,
	`wish_hash` text NOT NULL,
	`mode` text NOT NULL,
	`wish` text NOT NULL,
	`object_key` text NOT NULL,
	`thumbnail_key` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`made_by` text NOT NULL,
	`provider` text,
	`model` text,
	`cost_micro_usd` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`image_id`) REFERENCES `generated_poses`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "picture_backgrounds_mode" CHECK("picture_backgrounds"."mode" in ('ai_generate', 'solid_color', 'upload', 'transparent'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `picture_backgrounds_once` ON `picture_backgrounds` (`image_id`,`wish_hash`);--> statement-breakpoint
CREATE TABLE `picture_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`app` text NOT NULL,
	`status` text NOT NULL,
	`total` integer NOT NULL,
	`completed` integer NOT NULL,
	`failed` integer NOT NULL,
	`cancelled` integer NOT NULL,
	`credits_charged` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "picture_jobs_app" CHECK("picture_jobs"."app" in ('backgrounds', 'exports')),
	CONSTRAINT "picture_jobs_status" CHECK("picture_jobs"."status" in ('pending', 'processing', 'completed', 'partial', 'failed', 'cancelled'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `picture_jobs_by_user` ON `picture_jobs` (`user_id`,`app`,`id`);--> statement-breakpoint
CREATE INDEX `picture_jobs_open` ON `picture_jobs` (`created_at`) WHERE "picture_jobs"."status" in ('pending', 'processing');--> statement-breakpoint
ALTER TABLE `generated_poses` ADD `figures` text;--> statement-breakpoint
ALTER TABLE `generated_poses` ADD `mask_key` text;--> statement-breakpoint
ALTER TABLE `generated_poses` ADD `background_id` text;--> statement-breakpoint
ALTER TABLE `uploads` ADD `phash` text;
--> statement-breakpoint
CREATE INDEX `projects_by_avatar` ON `projects` (`avatar_upload_id`);
--> statement-breakpoint
-- Another background, whether asked for with the picture or later (B-02).
INSERT INTO `prices`(`app`, `action`, `version`, `credits`, `effective_at`) VALUES ('backgrounds', 'background', 1, 10, 0);
