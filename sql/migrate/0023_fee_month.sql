-- why: of how many hours a fixed fee is a part: those of the account's own month in which its
-- cycle began, 743 or 745 where the clocks change in it. A register, like closing
ALTER TABLE wallet
	ADD COLUMN /*M! IF NOT EXISTS */ month_hours BIGINT NOT NULL DEFAULT 0;
