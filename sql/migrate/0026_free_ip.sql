-- why: the free address is looked for from the addresses on, whatever the optimizer thinks of
-- settings that were changed often; spans that do not meet are left out before they multiply
CREATE OR REPLACE VIEW rateable_free_ip AS
SELECT t.account_id AS account_id, t.resource_id AS resource_id, 'FREE_ONE_IP' AS component,
       'PUBLIC_IP' AS item, t.quantity AS quantity,
       GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0)) AS from_hour,
       LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
             COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000)) AS to_hour,
       -p.unit_e8 AS unit_e8, p.currency AS currency, p.id AS price_id,
       GREATEST(charged.generation, free.generation) AS generation,
       'FREE_ONE_IP' AS reason
  FROM free_ip_turn t
  STRAIGHT_JOIN account a ON a.id = t.account_id AND a.contract = 'PAYG'
  STRAIGHT_JOIN price p ON p.item = 'PUBLIC_IP' AND p.zone_id = t.zone_id AND p.offering_id = 0
   AND p.currency = a.currency AND p.from_hour < t.to_hour
   AND p.to_hour > GREATEST(t.from_hour, t.turn_hour)
  STRAIGHT_JOIN setting_span charged ON charged.skey = 'ip.default_charge' AND charged.value = '1'
   AND charged.from_hour < LEAST(t.to_hour, p.to_hour)
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
 WHERE GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0))
       < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
               COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000))
   AND (h.halted IS NULL OR h.halted = 0 OR b.value = 'storage_ip');
