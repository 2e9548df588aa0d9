-- The schema and the user that changes it; before `tollbridge migrate`. Run as
-- an administrator of the database; safe to run again. The @words@ are filled
-- in by quickstart.sh, or by hand:
--   sed -e 's/@db@/tollbridge/; s/@host@/localhost/; ...' sql/create.sql | mariadb
CREATE DATABASE IF NOT EXISTS `@db@` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS '@migrate_user@'@'@host@' IDENTIFIED BY '@migrate_password@';
ALTER USER '@migrate_user@'@'@host@' IDENTIFIED BY '@migrate_password@';
GRANT ALL PRIVILEGES ON `@db@`.* TO '@migrate_user@'@'@host@';
