CREATE TABLE `credit_adjustments` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`credits` integer NOT NULL,
	`reason` text NOT NULL,
	`expires_at` integer,
	`state` text NOT NULL,
	`requested_by` text NOT NULL,
	`approved_by` text,
	`created_at` integer NOT NULL,
	`decided_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "credit_adjustments_state" CHECK("credit_adjustments"."state" in ('awaiting_approval', 'approved', 'applied', 'refused')),
	CONSTRAINT "credit_adjustments_credits" CHECK("credit_adjustments"."credits" <> 0),
	CONSTRAINT "credit_adjustments_expiry" CHECK("credit_adjustments"."expires_at" is null or "credit_adjustments"."credits" > 0),
	CONSTRAINT "credit_adjustments_two_people" CHECK("credit_adjustments"."approved_by" is null or "credit_adjustments"."approved_by" <> "credit_adjustments"."requested_by")
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `credit_adjustments_by_user` ON `credit_adjustments` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `credit_adjustments_by_state` ON `credit_adjustments` (`state`,`id`);--> statement-breakpoint
CREATE TABLE `payment_notices` (
	`id` text PRIMARY KEY NOT NULL,
	`gateway` text NOT NULL,
	`payment_id` text NOT NULL,
	`body_hash` text NOT NULL,
	`body` text NOT NULL,
	`state` text DEFAULT 'received' NOT NULL,
	`reason` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`received_at` integer NOT NULL,
	`done_at` integer,
	CONSTRAINT "payment_notices_gateway" CHECK("payment_notices"."gateway" in ('simulated', 'duitku', 'midtrans')),
	CONSTRAINT "payment_notices_state" CHECK("payment_notices"."state" in ('received', 'done', 'failed', 'quarantined'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `payment_notices_by_state` ON `payment_notices` (`state`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `payment_notices_once` ON `payment_notices` (`gateway`,`payment_id`,`body_hash`);--> statement-breakpoint
CREATE TABLE `prices` (
	`app` text NOT NULL,
	`action` text NOT NULL,
	`version` integer NOT NULL,
	`credits` integer NOT NULL,
	`effective_at` integer NOT NULL,
	PRIMARY KEY(`app`, `action`, `version`),
	CONSTRAINT "prices_credits" CHECK("prices"."credits" >= 0 and "prices"."version" > 0)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `products` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`amount_rupiah` integer NOT NULL,
	`credits` integer DEFAULT 0 NOT NULL,
	`daily_quota` integer DEFAULT 0 NOT NULL,
	`cycle_months` integer DEFAULT 0 NOT NULL,
	`tier` text,
	`model_tier` text,
	`is_popular` integer DEFAULT false NOT NULL,
	`is_on_sale` integer DEFAULT true NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "products_kind" CHECK("products"."kind" in ('pack', 'credit_plan', 'quota_plan')),
	CONSTRAINT "products_tier" CHECK("products"."tier" in ('free', 'basic', 'pro', 'enterprise')),
	CONSTRAINT "products_model_tier" CHECK("products"."model_tier" in ('free', 'basic', 'pro', 'enterprise')),
	CONSTRAINT "products_amounts" CHECK("products"."amount_rupiah" >= 0 and "products"."credits" >= 0 and "products"."daily_quota" >= 0),
	CONSTRAINT "products_buys" CHECK("products"."credits" > 0 or "products"."daily_quota" > 0),
	CONSTRAINT "products_cycle" CHECK(("products"."cycle_months" > 0) = ("products"."kind" <> 'pack'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`user_id` text NOT NULL,
	`product_id` text NOT NULL,
	`status` text NOT NULL,
	`started_at` integer NOT NULL,
	`period_ends_at` integer NOT NULL,
	`grace_until` integer NOT NULL,
	`cancelled_at` integer,
	`next_change_at` integer,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `product_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "subscriptions_status" CHECK("subscriptions"."status" in ('active', 'cancelled', 'grace_period', 'expired'))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `subscriptions_to_change` ON `subscriptions` (`next_change_at`) WHERE "subscriptions"."next_change_at" is not null;--> statement-breakpoint
CREATE INDEX `subscriptions_by_product` ON `subscriptions` (`product_id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`details` text NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `audit_log_by_subject` ON `audit_log` (`subject`,`id`);--> statement-breakpoint
CREATE TABLE `__new_credit_entries` (
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
	CONSTRAINT "credit_entries_kind" CHECK("__new_credit_entries"."kind" in ('grant', 'hold', 'settle', 'release', 'expire', 'refund', 'reversal', 'recovery')),
	CONSTRAINT "credit_entries_credits" CHECK("__new_credit_entries"."credits" > 0)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_credit_entries`("user_id", "seq", "kind", "from_account", "to_account", "credits", "reference", "created_at") SELECT "user_id", "seq", "kind", "from_account", "to_account", "credits", "reference", "created_at" FROM `credit_entries`;--> statement-breakpoint
DROP TABLE `credit_entries`;--> statement-breakpoint
ALTER TABLE `__new_credit_entries` RENAME TO `credit_entries`;--> statement-breakpoint
CREATE TABLE `__new_payments` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`product_id` text NOT NULL,
	`gateway` text NOT NULL,
	`amount_rupiah` integer NOT NULL,
	`credits` integer NOT NULL,
	`daily_quota` integer DEFAULT 0 NOT NULL,
	`cycle_months` integer DEFAULT 0 NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`redirect_url` text,
	`gateway_reference` text,
	`refunded_rupiah` integer DEFAULT 0 NOT NULL,
	`credited_credits` integer DEFAULT 0 NOT NULL,
	`check_no` integer DEFAULT 0 NOT NULL,
	`checks` integer DEFAULT 0 NOT NULL,
	`next_check_at` integer,
	`created_at` integer NOT NULL,
	`paid_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "payments_gateway" CHECK("__new_payments"."gateway" in ('simulated', 'duitku', 'midtrans')),
	CONSTRAINT "payments_status" CHECK("__new_payments"."status" in ('pending', 'paid', 'expired', 'failed', 'cancelled', 'partially_refunded', 'refunded', 'charged_back')),
	CONSTRAINT "payments_amount" CHECK("__new_payments"."amount_rupiah" > 0 and "__new_payments"."credits" >= 0 and "__new_payments"."daily_quota" >= 0),
	CONSTRAINT "payments_buys" CHECK("__new_payments"."credits" > 0 or "__new_payments"."daily_quota" > 0),
	CONSTRAINT "payments_refunded" CHECK("__new_payments"."refunded_rupiah" between 0 and "__new_payments"."amount_rupiah")
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_payments`("id", "user_id", "product_id", "gateway", "amount_rupiah", "credits", "status", "created_at", "paid_at", "credited_credits") SELECT "id", "user_id", "product_id", "gateway", "amount_rupiah", "credits", "status", "created_at", "paid_at", iif("status" = 'paid', "credits", 0) FROM `payments`;--> statement-breakpoint
DROP TABLE `payments`;--> statement-breakpoint
ALTER TABLE `__new_payments` RENAME TO `payments`;--> statement-breakpoint
CREATE INDEX `payments_by_user` ON `payments` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `payments_to_check` ON `payments` (`next_check_at`) WHERE "payments"."next_check_at" is not null;--> statement-breakpoint
CREATE TABLE `simulated_orders` (
	`payment_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`refunded_rupiah` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "simulated_orders_status" CHECK("simulated_orders"."status" in ('pending', 'paid', 'expired', 'failed', 'cancelled', 'partially_refunded', 'refunded', 'charged_back'))
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `prices`(`app`, `action`, `version`, `credits`, `effective_at`) VALUES
	('pose-generator', 'pose', 1, 30, 0),
	('pose-generator', 'background', 1, 10, 0);
--> statement-breakpoint
INSERT INTO `products`(`id`, `kind`, `name`, `amount_rupiah`, `credits`, `daily_quota`, `cycle_months`, `tier`, `model_tier`, `is_popular`, `position`) VALUES
	('credits-1500', 'pack', '1.500 kredit', 100000, 1500, 0, 0, NULL, NULL, 0, 1),
	('credits-4000', 'pack', '4.000 kredit', 250000, 4000, 0, 0, NULL, NULL, 0, 2),
	('credits-9000', 'pack', '9.000 kredit', 500000, 9000, 0, 0, NULL, NULL, 0, 3),
	('pebisnis-monthly', 'credit_plan', 'Pebisnis', 99000, 1800, 0, 1, NULL, 'basic', 0, 4),
	('juragan-monthly', 'credit_plan', 'Juragan', 249000, 4800, 0, 1, NULL, 'pro', 1, 5),
	('free-forever', 'quota_plan', 'Gratis', 0, 0, 10, 1, 'free', 'free', 0, 6),
	('basic-monthly', 'quota_plan', 'Basic', 99000, 0, 50, 1, 'basic', 'basic', 0, 7),
	('pro-monthly', 'quota_plan', 'Pro', 299000, 0, 100, 1, 'pro', 'pro', 0, 8),
	('enterprise-monthly', 'quota_plan', 'Enterprise', 999000, 0, 500, 1, 'enterprise', 'enterprise', 0, 9),
	('basic-yearly', 'quota_plan', 'Basic, 12 bulan', 950000, 0, 50, 12, 'basic', 'basic', 0, 10),
	('pro-yearly', 'quota_plan', 'Pro, 12 bulan', 2870000, 0, 100, 12, 'pro', 'pro', 0, 11),
	('enterprise-yearly', 'quota_plan', 'Enterprise, 12 bulan', 9590000, 0, 500, 12, 'enterprise', 'enterprise', 0, 12);
