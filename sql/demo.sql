-- Demo data: a provider with two zones, four offerings, prices in five
-- currencies, one tax and a pool of documentation addresses.
UPDATE currency SET enabled = 1 WHERE code IN ('USD', 'EUR', 'GBP', 'INR', 'JPY');
INSERT INTO zone (id, code, name, active) VALUES (1, 'dub1', 'Dublin', 1), (2, 'blr1', 'Bengaluru', 1);
INSERT INTO offering (id, code, name, vcpu, memory_mb, disk_gb, position, active) VALUES
	(1, 'nano', 'Nano', 1, 1024, 20, 1, 1), (2, 'small', 'Small', 2, 4096, 60, 2, 1),
	(3, 'medium', 'Medium', 4, 8192, 120, 3, 1), (4, 'large', 'Large', 8, 16384, 240, 4, 1);
INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, to_hour)
SELECT i.item, z.id, o.id, c.code,
       (o.usd_e8 * c.factor DIV 1000) * i.part DIV 100, 0, 4000000000
  FROM zone z
 CROSS JOIN (SELECT 1 AS id, 680000 AS usd_e8 UNION ALL SELECT 2, 2720000
             UNION ALL SELECT 3, 5440000 UNION ALL SELECT 4, 10880000) o
 CROSS JOIN (SELECT 'USD' AS code, 1000 AS factor UNION ALL SELECT 'EUR', 920
             UNION ALL SELECT 'GBP', 790 UNION ALL SELECT 'INR', 84000
             UNION ALL SELECT 'JPY', 152000) c
 CROSS JOIN (SELECT 'INSTANCE_RUNNING' AS item, 100 AS part
             UNION ALL SELECT 'INSTANCE_STOPPED', 20) i;
INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, to_hour)
SELECT i.item, z.id, 0, c.code, i.usd_e8 * c.factor DIV 1000, 0, 4000000000
  FROM zone z
 CROSS JOIN (SELECT 'USD' AS code, 1000 AS factor UNION ALL SELECT 'EUR', 920
             UNION ALL SELECT 'GBP', 790 UNION ALL SELECT 'INR', 84000
             UNION ALL SELECT 'JPY', 152000) c
 CROSS JOIN (SELECT 'PUBLIC_IP' AS item, 500000 AS usd_e8
             UNION ALL SELECT 'SECONDARY_IP', 400000) i;
INSERT INTO fx_rate (from_currency, to_currency, rate_e12, source, valid_from)
SELECT a.code, b.code, 1000000000000 * b.per_usd DIV a.per_usd, 'demo', 1767225600
  FROM (SELECT 'USD' AS code, 1000 AS per_usd UNION ALL SELECT 'EUR', 920
        UNION ALL SELECT 'GBP', 790 UNION ALL SELECT 'INR', 84000
        UNION ALL SELECT 'JPY', 152000) a
 CROSS JOIN (SELECT 'USD' AS code, 1000 AS per_usd UNION ALL SELECT 'EUR', 920
             UNION ALL SELECT 'GBP', 790 UNION ALL SELECT 'INR', 84000
             UNION ALL SELECT 'JPY', 152000) b
 WHERE a.code <> b.code;
INSERT INTO tax_rule (country, name, rate_ppm, valid_from, valid_to) VALUES
	('IE', 'VAT', 230000, 0, 4102444800), ('IN', 'GST', 180000, 0, 4102444800);
INSERT INTO ip_pool (address, zone_id)
SELECT CONCAT('203.0.113.', n.n), 1
  FROM (SELECT a.d + 10 * b.d + 100 * h.d AS n
          FROM (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
                UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
                UNION ALL SELECT 8 UNION ALL SELECT 9) a
         CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
                     UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
                     UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) b
         CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2) h) n
 WHERE n.n BETWEEN 1 AND 254;
INSERT INTO ip_pool (address, zone_id)
SELECT REPLACE(address, '203.0.113.', '198.51.100.'), 2
  FROM ip_pool
 WHERE zone_id = 1;
