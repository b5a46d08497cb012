CREATE TABLE `generated_poses` (
	`id` text PRIMARY KEY NOT NULL,
	`generation_id` text NOT NULL,
	`user_id` text NOT NULL,
	`variation_key` text NOT NULL,
	`position` integer NOT NULL,
	`pose_id` text,
	`output_key` text NOT NULL,
	`thumbnail_key` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`width_px` integer NOT NULL,
	`height_px` integer NOT NULL,
	`prompt_used` text NOT NULL,
	`seed_used` integer NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`simulated` integer DEFAULT false NOT NULL,
	`generation_ms` integer NOT NULL,
	`pose_match` real,
	`background_mode` text,
	`is_favorite` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`generation_id`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "generated_poses_background_mode" CHECK("generated_poses"."background_mode" in ('ai_generate', 'solid_color', 'upload')),
	CONSTRAINT "generated_poses_pose_match" CHECK("generated_poses"."pose_match" between 0 and 1)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `generated_poses_by_position` ON `generated_poses` (`generation_id`,`position`);--> statement-breakpoint
CREATE TABLE `generations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`text_prompt` text,
	`fund` text NOT NULL,
	`poses_total` integer NOT NULL,
	`poses_completed` integer NOT NULL,
	`poses_failed` integer NOT NULL,
	`poses_cancelled` integer NOT NULL,
	`credits_held` integer NOT NULL,
	`credits_charged` integer NOT NULL,
	`credits_released` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "generations_type" CHECK("generations"."type" in ('GALLERY_REFERENCE', 'TEXT_DESCRIPTION')),
	CONSTRAINT "generations_status" CHECK("generations"."status" in ('pending', 'processing', 'completed', 'partial', 'failed', 'cancelled')),
	CONSTRAINT "generations_fund" CHECK("generations"."fund" in ('credits', 'unlimited'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `generations_by_user` ON `generations` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `generations_by_project` ON `generations` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `generations_open` ON `generations` (`created_at`) WHERE "generations"."status" in ('pending', 'processing');--> statement-breakpoint
CREATE TABLE `pose_selections` (
	`generation_id` text NOT NULL,
	`pose_id` text NOT NULL,
	PRIMARY KEY(`generation_id`, `pose_id`),
	FOREIGN KEY (`generation_id`) REFERENCES `generations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `credit_entries` (
	`user_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`from_account` text NOT NULL,
	`to_account` text NOT NULL,
	`credits` integer NOT NULL,
	`reference` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `seq`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "credit_entries_kind" CHECK("credit_entries"."kind" in ('grant', 'hold', 'settle', 'release', 'expire')),
	CONSTRAINT "credit_entries_credits" CHECK("credit_entries"."credits" > 0)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `payments` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`product_id` text NOT NULL,
	`gateway` text NOT NULL,
	`amount_rupiah` integer NOT NULL,
	`credits` integer NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`created_at` integer NOT NULL,
	`paid_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "payments_gateway" CHECK("payments"."gateway" in ('simulated')),
	CONSTRAINT "payments_status" CHECK("payments"."status" in ('pending', 'paid')),
	CONSTRAINT "payments_amount" CHECK("payments"."amount_rupiah" > 0 and "payments"."credits" > 0)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `payments_by_user` ON `payments` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`queue` text NOT NULL,
	`message_id` text NOT NULL,
	`body` text NOT NULL,
	`error` text NOT NULL,
	`attempts` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_message_id_unique` ON `dead_letters` (`message_id`);--> statement-breakpoint
CREATE TABLE `library_versions` (
	`name` text PRIMARY KEY NOT NULL,
	`version` text NOT NULL,
	`applied_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_categories` (
	`slug` text PRIMARY KEY NOT NULL,
	`parent_slug` text,
	`name_en` text NOT NULL,
	`name_id` text NOT NULL,
	`icon` text,
	`color` text,
	`level` integer NOT NULL,
	`display_order` integer NOT NULL,
	`pose_count` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`parent_slug`) REFERENCES `pose_categories`(`slug`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "pose_categories_level" CHECK("pose_categories"."level" between 1 and 3)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_category_members` (
	`category_slug` text NOT NULL,
	`pose_id` text NOT NULL,
	PRIMARY KEY(`category_slug`, `pose_id`),
	FOREIGN KEY (`category_slug`) REFERENCES `pose_categories`(`slug`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_favorites` (
	`user_id` text NOT NULL,
	`pose_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `pose_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_geometry` (
	`pose_id` text PRIMARY KEY NOT NULL,
	`geometry` text NOT NULL,
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `pose_ratings` (
	`pose_id` text NOT NULL,
	`user_id` text NOT NULL,
	`stars` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`pose_id`, `user_id`),
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "pose_ratings_stars" CHECK("pose_ratings"."stars" between 1 and 5)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_tags` (
	`tag` text NOT NULL,
	`pose_id` text NOT NULL,
	PRIMARY KEY(`tag`, `pose_id`),
	FOREIGN KEY (`pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `poses` (
	`id` text PRIMARY KEY NOT NULL,
	`base_pose` text NOT NULL,
	`category_slug` text NOT NULL,
	`category_path` text NOT NULL,
	`name_en` text NOT NULL,
	`name_id` text NOT NULL,
	`description_en` text NOT NULL,
	`description_id` text NOT NULL,
	`tags_en` text NOT NULL,
	`tags_id` text NOT NULL,
	`difficulty` text NOT NULL,
	`gender` text NOT NULL,
	`people_count` integer NOT NULL,
	`stance` text NOT NULL,
	`framing` text NOT NULL,
	`view` text NOT NULL,
	`props` text NOT NULL,
	`prompt_hint` text NOT NULL,
	`is_featured` integer DEFAULT false NOT NULL,
	`is_premium` integer DEFAULT false NOT NULL,
	`is_public` integer DEFAULT true NOT NULL,
	`usage_count` integer DEFAULT 0 NOT NULL,
	`favorite_count` integer DEFAULT 0 NOT NULL,
	`display_order` integer NOT NULL,
	`added_at` integer NOT NULL,
	`revision` text NOT NULL,
	`source` text NOT NULL,
	`license` text NOT NULL,
	`credit` text,
	FOREIGN KEY (`category_slug`) REFERENCES `pose_categories`(`slug`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "poses_difficulty" CHECK("poses"."difficulty" in ('beginner', 'intermediate', 'advanced')),
	CONSTRAINT "poses_gender" CHECK("poses"."gender" in ('male', 'female', 'unisex')),
	CONSTRAINT "poses_people_count" CHECK("poses"."people_count" between 1 and 2)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `poses_by_order` ON `poses` (`is_public`,`display_order`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`avatar_source` text NOT NULL,
	`avatar_upload_id` text,
	`status` text DEFAULT 'active' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`avatar_upload_id`) REFERENCES `uploads`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "projects_avatar_source" CHECK("projects"."avatar_source" in ('AVATAR_CREATOR', 'UPLOAD')),
	CONSTRAINT "projects_status" CHECK("projects"."status" in ('active', 'archived')),
	CONSTRAINT "projects_name" CHECK(length("projects"."name") between 1 and 100)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `projects_by_user` ON `projects` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `pose_request_votes` (
	`request_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`request_id`, `user_id`),
	FOREIGN KEY (`request_id`) REFERENCES `pose_requests`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pose_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`category_slug` text,
	`use_case` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`admin_notes` text,
	`completed_pose_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`category_slug`) REFERENCES `pose_categories`(`slug`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`completed_pose_id`) REFERENCES `poses`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "pose_requests_status" CHECK("pose_requests"."status" in ('pending', 'approved', 'in_progress', 'completed', 'rejected')),
	CONSTRAINT "pose_requests_use_case" CHECK("pose_requests"."use_case" in ('e-commerce', 'professional', 'social')),
	CONSTRAINT "pose_requests_name" CHECK(length("pose_requests"."name") between 1 and 100)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`object_key` text NOT NULL,
	`width_px` integer NOT NULL,
	`height_px` integer NOT NULL,
	`size_bytes` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `uploads_by_user` ON `uploads` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text DEFAULT 'user' NOT NULL,
	`tier` text DEFAULT 'free' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "users_role" CHECK("users"."role" in ('user', 'admin')),
	CONSTRAINT "users_tier" CHECK("users"."tier" in ('free', 'basic', 'pro', 'enterprise'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);