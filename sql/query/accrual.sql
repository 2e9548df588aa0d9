-- What hours are given back, to be used by the statements that rate, tell and verify. Window
-- functions are computed over whole tables unless the accounts are named inside: the server does
-- not carry a bound parameter from outside into a derived table. So these are parts with the
-- accounts :lo to :hi as parameters, not views. What takes no window function is a view:
-- rateable_usage, rateable_traffic.

-- part: free_ips
-- why: the one address of an account that is free at a time: the longest held; it is a line of
-- its own so that true usage stays visible
       (SELECT t.account_id AS account_id, t.resource_id AS resource_id,
               'FREE_ONE_IP' AS component, 'PUBLIC_IP' AS item, t.quantity AS quantity,
               GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                        COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0),
                        COALESCE(k.from_hour, 0)) AS from_hour,
               LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
                     COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000),
                     COALESCE(k.to_hour, 4000000000)) AS to_hour,
               -p.unit_e8 AS unit_e8, p.currency AS currency, p.id AS price_id,
               GREATEST(charged.generation, free.generation) AS generation,
               'FREE_ONE_IP' AS reason
          FROM (SELECT rs.account_id, rs.resource_id, rs.zone_id, rs.quantity, rs.from_hour,
                       rs.to_hour,
                       COALESCE(MAX(rs.to_hour)
                                OVER (PARTITION BY rs.account_id
                                      ORDER BY rs.acquired_at, rs.resource_id
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                         AS turn_hour
                  FROM resource_state rs
                 WHERE rs.item = 'PUBLIC_IP' AND rs.account_id BETWEEN :lo AND :hi) t
          STRAIGHT_JOIN account a ON a.id = t.account_id
          STRAIGHT_JOIN price p ON p.item = 'PUBLIC_IP' AND p.zone_id = t.zone_id
           AND p.offering_id = 0 AND p.currency = a.currency AND p.from_hour < t.to_hour
           AND p.to_hour > GREATEST(t.from_hour, t.turn_hour)
          STRAIGHT_JOIN setting_span charged ON charged.skey = 'ip.default_charge'
           AND charged.value = '1' AND charged.from_hour < LEAST(t.to_hour, p.to_hour)
           AND charged.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour)
          STRAIGHT_JOIN setting_span free ON free.skey = 'ip.free_one' AND free.value = '1'
           AND free.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour)
           AND free.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour)
          LEFT JOIN account_halt h ON h.account_id = t.account_id
           AND h.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour)
           AND h.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour,
                                    free.from_hour)
          LEFT JOIN setting_span b ON h.halted = 1 AND b.skey = 'suspension.bill_retained'
           AND b.from_hour < h.to_hour AND b.to_hour > h.from_hour
          LEFT JOIN contract_cover k ON k.resource_id = t.resource_id
           AND k.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
                                   COALESCE(h.to_hour, 4000000000),
                                   COALESCE(b.to_hour, 4000000000))
           AND k.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour,
                                    free.from_hour, COALESCE(h.from_hour, 0),
                                    COALESCE(b.from_hour, 0))
         WHERE GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                        COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0),
                        COALESCE(k.from_hour, 0))
               < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
                       COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000),
                       COALESCE(k.to_hour, 4000000000))
           AND (h.halted IS NULL OR h.halted = 0 OR b.value = 'storage_ip')
           AND COALESCE(k.state, 0) = 0)

-- part: cap_steps
-- why: when what counts towards a monthly cap begins and ends to cost, cycle by cycle, of those
-- cycles that end after the hour :since
       (SELECT y.account_id, u.resource_id, u.item, u.quantity, u.unit_e8, u.currency, u.price_id,
               u.generation, y.from_hour AS cycle_hour, y.to_hour AS cycle_to_hour,
               CASE n.n WHEN 0 THEN GREATEST(u.from_hour, y.from_hour)
                        ELSE LEAST(u.to_hour, y.to_hour) END AS at_hour,
               CASE n.n WHEN 0 THEN 1 ELSE -1 END AS step,
               CASE n.n WHEN 0 THEN 1 ELSE 0 END AS turn
          FROM cap_cycle y
          STRAIGHT_JOIN rateable_usage u ON u.account_id = y.account_id
           AND u.from_hour < y.to_hour AND u.to_hour > y.from_hour
          STRAIGHT_JOIN (SELECT 0 AS n UNION ALL SELECT 1) n
         WHERE y.account_id BETWEEN :lo AND :hi AND y.to_hour > :since
           AND u.unit_e8 > 0
           AND u.component IN (SELECT i.component
                                 FROM price q
                                 JOIN item i ON i.code = q.item
                                WHERE q.cap_hours > 0)
         UNION ALL
        SELECT y.account_id, f.resource_id, f.item, f.quantity, -f.unit_e8, f.currency,
               f.price_id, f.generation, y.from_hour, y.to_hour,
               CASE n.n WHEN 0 THEN GREATEST(f.from_hour, y.from_hour)
                        ELSE LEAST(f.to_hour, y.to_hour) END,
               CASE n.n WHEN 0 THEN -1 ELSE 1 END,
               CASE n.n WHEN 0 THEN 2 ELSE 0 END
          FROM {free_ips} f
          JOIN cap_cycle y ON y.account_id = f.account_id AND f.from_hour < y.to_hour
           AND f.to_hour > y.from_hour
          JOIN (SELECT 0 AS n UNION ALL SELECT 1) n
         WHERE y.to_hour > :since AND f.unit_e8 < 0
           AND EXISTS (SELECT 1 FROM price q WHERE q.item = 'PUBLIC_IP' AND q.cap_hours > 0))

-- part: caps
-- why: what a resource costs beyond the hours of its monthly cap is given back, in the cycles
-- that end after the hour :since
       (SELECT c.account_id AS account_id, c.resource_id AS resource_id,
               'MONTHLY_CAP' AS component, c.item AS item, c.quantity AS quantity,
               c.from_hour + GREATEST(CAST(p.cap_hours AS SIGNED) - c.before_n, 0) AS from_hour,
               c.to_hour AS to_hour, -c.unit_e8 AS unit_e8, c.currency AS currency,
               c.price_id AS price_id, c.generation AS generation, 'MONTHLY_CAP' AS reason
          FROM (SELECT b.account_id, b.resource_id, b.item, b.quantity, b.unit_e8, b.currency,
                       b.price_id, b.generation, b.from_hour, b.to_hour,
                       CAST(COALESCE(SUM(b.to_hour - b.from_hour)
                                     OVER (PARTITION BY b.account_id, b.resource_id, b.cycle_hour
                                           ORDER BY b.from_hour
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                            AS SIGNED) AS before_n
                  FROM (SELECT s.account_id, s.resource_id, s.item, s.quantity, s.unit_e8,
                               s.currency, s.price_id, s.generation, s.cycle_hour,
                               s.at_hour AS from_hour,
                               LEAD(s.at_hour)
                                 OVER (PARTITION BY s.account_id, s.resource_id, s.cycle_hour
                                       ORDER BY s.at_hour, s.turn, s.step) AS to_hour,
                               SUM(s.step)
                                 OVER (PARTITION BY s.account_id, s.resource_id, s.cycle_hour
                                       ORDER BY s.at_hour, s.turn, s.step
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS costs
                          FROM {cap_steps} s) b
                 WHERE b.costs = 1 AND b.to_hour > b.from_hour) c
          JOIN price p ON p.id = c.price_id
         WHERE p.cap_hours > 0
           AND c.from_hour + GREATEST(CAST(p.cap_hours AS SIGNED) - c.before_n, 0) < c.to_hour)

-- part: extras
-- why: all that is charged or given back beside the hours of what runs, from the hour :since on
       (SELECT account_id, resource_id, component, item, quantity, from_hour, to_hour, unit_e8,
               currency
          FROM {free_ips} fi
         UNION ALL
        SELECT account_id, resource_id, component, item, quantity, from_hour, to_hour, unit_e8,
               currency
          FROM rateable_traffic
         WHERE account_id BETWEEN :lo AND :hi AND from_hour >= :since
         UNION ALL
        SELECT account_id, resource_id, component, item, quantity, from_hour, to_hour, unit_e8,
               currency
          FROM {caps} ca)
