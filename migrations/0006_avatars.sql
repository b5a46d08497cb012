CREATE TABLE `app_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`app` text NOT NULL,
	`project_id` text NOT NULL,
	`avatar_id` text,
	`type` text NOT NULL,
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
	FOREIGN KEY (`avatar_id`) REFERENCES `avatars`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "app_jobs_status" CHECK("app_jobs"."status" in ('pending', 'processing', 'completed', 'partial', 'failed', 'cancelled'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `app_jobs_by_user` ON `app_jobs` (`user_id`,`app`,`id`);--> statement-breakpoint
CREATE INDEX `app_jobs_by_avatar` ON `app_jobs` (`avatar_id`) WHERE "app_jobs"."avatar_id" is not null;--> statement-breakpoint
CREATE INDEX `app_jobs_open` ON `app_jobs` (`created_at`) WHERE "app_jobs"."status" in ('pending', 'processing');--> statement-breakpoint
CREATE TABLE `app_settings` (
	`app_id` text PRIMARY KEY NOT NULL,
	`is_enabled` integer,
	`is_beta` integer,
	`is_coming_soon` integer,
	`position` integer,
	`min_tier` text,
	`requires_subscription` integer,
	`allowed_roles` text,
	`version` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "app_settings_min_tier" CHECK("app_settings"."min_tier" in ('free', 'basic', 'pro', 'enterprise'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `avatar_presets` (
	`id` text PRIMARY KEY NOT NULL,
	`category` text NOT NULL,
	`name_en` text NOT NULL,
	`name_id` text NOT NULL,
	`description_en` text NOT NULL,
	`description_id` text NOT NULL,
	`region` text,
	`persona_name` text,
	`persona_age` integer,
	`persona_personality` text DEFAULT '[]' NOT NULL,
	`persona_background` text DEFAULT '' NOT NULL,
	`gender` text,
	`age_range` text,
	`ethnicity` text,
	`body_type` text,
	`hair_style` text,
	`hair_color` text,
	`eye_color` text,
	`skin_tone` text,
	`style` text,
	`words` text NOT NULL,
	`seed` integer NOT NULL,
	`position` integer NOT NULL,
	`is_public` integer DEFAULT true NOT NULL,
	`usage_count` integer DEFAULT 0 NOT NULL,
	`revision` text NOT NULL,
	CONSTRAINT "avatar_presets_category" CHECK("avatar_presets"."category" in ('business', 'casual', 'traditional', 'creative')),
	CONSTRAINT "avatar_presets_gender" CHECK("avatar_presets"."gender" in ('female', 'male', 'non_binary')),
	CONSTRAINT "avatar_presets_age_range" CHECK("avatar_presets"."age_range" in ('18-24', '25-34', '35-44', '45-54', '55-64', '65-80')),
	CONSTRAINT "avatar_presets_ethnicity" CHECK("avatar_presets"."ethnicity" in ('javanese', 'sundanese', 'betawi', 'batak', 'minangkabau', 'malay', 'balinese', 'bugis', 'dayak', 'papuan', 'moluccan', 'acehnese', 'chinese_indonesian', 'arab_indonesian', 'indian_indonesian', 'southeast_asian', 'east_asian', 'south_asian', 'middle_eastern', 'african', 'european', 'latin_american', 'mixed')),
	CONSTRAINT "avatar_presets_body_type" CHECK("avatar_presets"."body_type" in ('petite', 'slim', 'average', 'athletic', 'curvy', 'plus_size')),
	CONSTRAINT "avatar_presets_hair_style" CHECK("avatar_presets"."hair_style" in ('short', 'crop', 'bob', 'medium', 'long', 'ponytail', 'bun', 'braid', 'curly', 'wavy', 'bald', 'hijab')),
	CONSTRAINT "avatar_presets_hair_color" CHECK("avatar_presets"."hair_color" in ('black', 'dark_brown', 'brown', 'light_brown', 'blonde', 'red', 'grey', 'white')),
	CONSTRAINT "avatar_presets_eye_color" CHECK("avatar_presets"."eye_color" in ('dark_brown', 'brown', 'hazel', 'green', 'blue', 'grey')),
	CONSTRAINT "avatar_presets_skin_tone" CHECK("avatar_presets"."skin_tone" in ('fair', 'light', 'medium', 'tan', 'brown', 'dark')),
	CONSTRAINT "avatar_presets_style" CHECK("avatar_presets"."style" in ('casual', 'business', 'formal', 'traditional', 'modest', 'streetwear', 'sporty', 'elegant', 'creative')),
	CONSTRAINT "avatar_presets_persona_age" CHECK("avatar_presets"."persona_age" between 18 and 100),
	CONSTRAINT "avatar_presets_personality" CHECK(json_type("avatar_presets"."persona_personality") = 'array')
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `avatar_projects` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "avatar_projects_name" CHECK(length("avatar_projects"."name") between 1 and 100)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `avatar_projects_by_user` ON `avatar_projects` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `avatar_usages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`avatar_id` text,
	`user_id` text NOT NULL,
	`app` text NOT NULL,
	`action` text NOT NULL,
	`reference_id` text NOT NULL,
	`pictures` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`avatar_id`) REFERENCES `avatars`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `avatar_usages_reference_id_unique` ON `avatar_usages` (`reference_id`);--> statement-breakpoint
CREATE INDEX `avatar_usages_by_avatar` ON `avatar_usages` (`avatar_id`,`id`);--> statement-breakpoint
CREATE INDEX `avatar_usages_by_user` ON `avatar_usages` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `avatars` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`generation_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`source_type` text NOT NULL,
	`persona_name` text,
	`persona_age` integer,
	`persona_personality` text DEFAULT '[]' NOT NULL,
	`persona_background` text DEFAULT '' NOT NULL,
	`gender` text,
	`age_range` text,
	`ethnicity` text,
	`body_type` text,
	`hair_style` text,
	`hair_color` text,
	`eye_color` text,
	`skin_tone` text,
	`style` text,
	`words` text DEFAULT '' NOT NULL,
	`look_seed` integer NOT NULL,
	`prompt_used` text,
	`seed_used` integer,
	`provider` text,
	`model` text,
	`simulated` integer DEFAULT false NOT NULL,
	`recipe` text,
	`cost_micro_usd` integer DEFAULT 0 NOT NULL,
	`generation_ms` integer,
	`object_key` text NOT NULL,
	`thumbnail_key` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`width_px` integer NOT NULL,
	`height_px` integer NOT NULL,
	`face` text,
	`palette` text NOT NULL,
	`upload_id` text,
	`preset_id` text,
	`parent_id` text,
	`usage_count` integer DEFAULT 0 NOT NULL,
	`last_used_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`project_id`) REFERENCES `avatar_projects`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`upload_id`) REFERENCES `uploads`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`preset_id`) REFERENCES `avatar_presets`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`parent_id`) REFERENCES `avatars`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "avatars_source_type" CHECK("avatars"."source_type" in ('uploaded', 'text_to_image', 'from_preset', 'from_reference', 'variation')),
	CONSTRAINT "avatars_name" CHECK(length("avatars"."name") between 1 and 100),
	CONSTRAINT "avatars_gender" CHECK("avatars"."gender" in ('female', 'male', 'non_binary')),
	CONSTRAINT "avatars_age_range" CHECK("avatars"."age_range" in ('18-24', '25-34', '35-44', '45-54', '55-64', '65-80')),
	CONSTRAINT "avatars_ethnicity" CHECK("avatars"."ethnicity" in ('javanese', 'sundanese', 'betawi', 'batak', 'minangkabau', 'malay', 'balinese', 'bugis', 'dayak', 'papuan', 'moluccan', 'acehnese', 'chinese_indonesian', 'arab_indonesian', 'indian_indonesian', 'southeast_asian', 'east_asian', 'south_asian', 'middle_eastern', 'african', 'european', 'latin_american', 'mixed')),
	CONSTRAINT "avatars_body_type" CHECK("avatars"."body_type" in ('petite', 'slim', 'average', 'athletic', 'curvy', 'plus_size')),
	CONSTRAINT "avatars_hair_style" CHECK("avatars"."hair_style" in ('short', 'crop', 'bob', 'medium', 'long', 'ponytail', 'bun', 'braid', 'curly', 'wavy', 'bald', 'hijab')),
	CONSTRAINT "avatars_hair_color" CHECK("avatars"."hair_color" in ('black', 'dark_brown', 'brown', 'light_brown', 'blonde', 'red', 'grey', 'white')),
	CONSTRAINT "avatars_eye_color" CHECK("avatars"."eye_color" in ('dark_brown', 'brown', 'hazel', 'green', 'blue', 'grey')),
	CONSTRAINT "avatars_skin_tone" CHECK("avatars"."skin_tone" in ('fair', 'light', 'medium', 'tan', 'brown', 'dark')),
	CONSTRAINT "avatars_style" CHECK("avatars"."style" in ('casual', 'business', 'formal', 'traditional', 'modest', 'streetwear', 'sporty', 'elegant', 'creative')),
	CONSTRAINT "avatars_persona_age" CHECK("avatars"."persona_age" between 18 and 100),
	CONSTRAINT "avatars_personality" CHECK(json_type("avatars"."persona_personality") = 'array')
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `avatars_by_user` ON `avatars` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `avatars_by_project` ON `avatars` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `avatars_by_upload` ON `avatars` (`upload_id`) WHERE "avatars"."upload_id" is not null;--> statement-breakpoint
CREATE INDEX `avatars_by_parent` ON `avatars` (`parent_id`) WHERE "avatars"."parent_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `avatars_by_position` ON `avatars` (`generation_id`,`position`);--> statement-breakpoint
CREATE TABLE `avatar_consents` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`avatar_id` text,
	`generation_id` text NOT NULL,
	`kind` text NOT NULL,
	`policy_version` text NOT NULL,
	`statement_sha256` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`avatar_id`) REFERENCES `avatars`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "avatar_consents_kind" CHECK("avatar_consents"."kind" in ('self', 'permission'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `avatar_consents_generation_id_unique` ON `avatar_consents` (`generation_id`);--> statement-breakpoint
CREATE INDEX `avatar_consents_by_avatar` ON `avatar_consents` (`avatar_id`);--> statement-breakpoint
CREATE INDEX `avatar_consents_by_user` ON `avatar_consents` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `avatar_deletions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`avatar_id` text NOT NULL,
	`reason` text NOT NULL,
	`targets` text NOT NULL,
	`pictures_deleted` integer NOT NULL,
	`generations_kept` integer NOT NULL,
	`objects_deleted` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "avatar_deletions_reason" CHECK("avatar_deletions"."reason" in ('owner', 'project', 'takedown')),
	CONSTRAINT "avatar_deletions_targets" CHECK(json_type("avatar_deletions"."targets") = 'array')
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `avatar_deletions_by_user` ON `avatar_deletions` (`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `avatar_deletions_open` ON `avatar_deletions` (`created_at`) WHERE "avatar_deletions"."ended_at" is null;--> statement-breakpoint
CREATE TABLE `avatar_reports` (
	`id` text PRIMARY KEY NOT NULL,
	`avatar_id` text,
	`subject` text NOT NULL,
	`reason` text NOT NULL,
	`details` text NOT NULL,
	`contact` text NOT NULL,
	`status` text DEFAULT 'open' NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`decided_by` text,
	`created_at` integer NOT NULL,
	`decided_at` integer,
	FOREIGN KEY (`avatar_id`) REFERENCES `avatars`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "avatar_reports_reason" CHECK("avatar_reports"."reason" in ('no_consent', 'minor', 'impersonation', 'other')),
	CONSTRAINT "avatar_reports_status" CHECK("avatar_reports"."status" in ('open', 'upheld', 'dismissed'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `avatar_reports_by_status` ON `avatar_reports` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `avatar_reports_by_avatar` ON `avatar_reports` (`avatar_id`) WHERE "avatar_reports"."avatar_id" is not null;--> statement-breakpoint
ALTER TABLE `generations` ADD `avatar_id` text REFERENCES avatars(id) ON DELETE set null;--> statement-breakpoint
CREATE INDEX `generations_by_avatar` ON `generations` (`avatar_id`) WHERE "generations"."avatar_id" is not null;--> statement-breakpoint
ALTER TABLE `projects` ADD `avatar_id` text REFERENCES avatars(id) ON DELETE set null;--> statement-breakpoint
CREATE INDEX `projects_by_avatar_id` ON `projects` (`avatar_id`) WHERE "projects"."avatar_id" is not null;--> statement-breakpoint
-- A generation enters the read model once, however often its object writes it: so does the use of its avatar.
CREATE TRIGGER `generations_avatar_use` AFTER INSERT ON `generations` WHEN new.avatar_id is not null BEGIN
  insert into avatar_usages (avatar_id, user_id, app, action, reference_id, pictures, created_at)
    values (new.avatar_id, new.user_id, 'pose-generator', new.type, new.id, new.poses_total, new.created_at)
    on conflict do nothing;
END;
--> statement-breakpoint
CREATE TRIGGER `app_jobs_avatar_use` AFTER INSERT ON `app_jobs` WHEN new.avatar_id is not null BEGIN
  insert into avatar_usages (avatar_id, user_id, app, action, reference_id, pictures, created_at)
    values (new.avatar_id, new.user_id, new.app, new.type, new.id, new.total, new.created_at)
    on conflict do nothing;
END;
--> statement-breakpoint
CREATE TRIGGER `avatar_usages_added` AFTER INSERT ON `avatar_usages` WHEN new.avatar_id is not null BEGIN
  update avatars set usage_count = usage_count + 1, last_used_at = max(coalesce(last_used_at, 0), new.created_at)
    where id = new.avatar_id;
END;
--> statement-breakpoint
CREATE TRIGGER `avatars_preset_use` AFTER INSERT ON `avatars` WHEN new.preset_id is not null BEGIN
  update avatar_presets set usage_count = usage_count + 1 where id = new.preset_id;
END;
--> statement-breakpoint
-- The Worker of before, after a rollback, takes every job that is no shoot for one of these. One that is not must not keep the
-- rest of its user's batch out.
CREATE TRIGGER `picture_jobs_of_other_apps` BEFORE INSERT ON `picture_jobs` WHEN new.app not in ('backgrounds', 'exports') BEGIN
  update app_jobs set status = new.status, completed = new.completed, failed = new.failed, cancelled = new.cancelled,
    credits_charged = new.credits_charged, version = new.version, ended_at = new.ended_at
    where id = new.id and version < new.version;
  select raise(ignore);
END;
--> statement-breakpoint
INSERT INTO `prices`(`app`, `action`, `version`, `credits`, `effective_at`) VALUES
	('avatar-creator', 'upload', 1, 2, 0),
	('avatar-creator', 'generate', 1, 10, 0),
	('avatar-creator', 'preset', 1, 8, 0),
	('avatar-creator', 'reference', 1, 12, 0),
	('avatar-creator', 'variation', 1, 10, 0);
