<?php
/*
 * The few documented things of WHMCS that the addon calls, over a JSON file: the
 * constant, add_hook, and the query builder behind WHMCS\Database\Capsule.
 * Anything else is an error, as it would be a guess.
 *
 * usage: php whmcs.php STATE hook NAME JSON | cron | page | activate | settings JSON
 */
namespace WHMCS\Database {
    class Capsule
    {
        public static $file;

        public static function data()
        {
            return is_file(self::$file) ? json_decode(file_get_contents(self::$file), true) : [];
        }

        public static function save(array $data)
        {
            file_put_contents(self::$file, json_encode($data), LOCK_EX);
        }

        public static function table($name)
        {
            if (!array_key_exists($name, self::data())) {
                throw new \Exception("Table '$name' doesn't exist");
            }
            return new Query($name);
        }

        public static function schema()
        {
            return new Schema();
        }
    }

    class Schema
    {
        public function hasTable($name)
        {
            return array_key_exists($name, Capsule::data());
        }

        public function create($name, $columns)
        {
            $table = new Blueprint();
            $columns($table);
            Capsule::save(Capsule::data() + [$name => []]);
        }
    }

    /** Columns are checked for their kind only. */
    class Blueprint
    {
        public function __call($kind, $args)
        {
            $known = ['bigIncrements', 'string', 'bigInteger', 'integer', 'index', 'default'];
            if (!in_array($kind, $known, true)) {
                throw new \Exception("no column of kind $kind");
            }
            return $this;
        }
    }

    class Query
    {
        private $table;
        private $tests = [];
        private $order;
        private $limit = PHP_INT_MAX;

        public function __construct($table)
        {
            $this->table = $table;
        }

        public function where($column, $operator, $value = null)
        {
            $this->tests[] = func_num_args() === 2 ? [$column, '=', $operator]
                : [$column, $operator, $value];
            return $this;
        }

        public function orderBy($column, $direction = 'asc')
        {
            $this->order = [$column, $direction];
            return $this;
        }

        public function limit($n)
        {
            $this->limit = $n;
            return $this;
        }

        private function matches($row)
        {
            foreach ($this->tests as [$column, $operator, $value]) {
                $have = $row[$column];
                if (!['=' => $have == $value, '<' => $have < $value, '>' => $have > $value,
                        '<=' => $have <= $value][$operator]) {
                    return false;
                }
            }
            return true;
        }

        public function get()
        {
            $rows = array_values(array_filter(Capsule::data()[$this->table], [$this, 'matches']));
            if ($this->order) {
                [$column, $direction] = $this->order;
                usort($rows, function ($a, $b) use ($column, $direction) {
                    return ($a[$column] <=> $b[$column]) * ($direction === 'asc' ? 1 : -1);
                });
            }
            return array_map(function ($row) {
                return (object) $row;
            }, array_slice($rows, 0, $this->limit));
        }

        public function count()
        {
            return count($this->get());
        }

        public function insert(array $row)
        {
            $data = Capsule::data();
            $ids = array_column($data[$this->table], 'id');
            $data[$this->table][] = $row + ['id' => ($ids ? max($ids) : 0) + 1, 'client_id' => 0,
                'invoice_id' => 0, 'tries' => 0, 'next_at' => 0, 'sent_at' => 0, 'outcome' => ''];
            Capsule::save($data);
        }

        public function update(array $change)
        {
            $data = Capsule::data();
            foreach ($data[$this->table] as &$row) {
                if ($this->matches($row)) {
                    $row = $change + $row;
                }
            }
            unset($row);
            Capsule::save($data);
        }

        public function delete()
        {
            $data = Capsule::data();
            $data[$this->table] = array_values(array_filter($data[$this->table], function ($row) {
                return !$this->matches($row);
            }));
            Capsule::save($data);
        }
    }
}

namespace {
    use WHMCS\Database\Capsule;

    define('WHMCS', true);
    error_reporting(E_ALL);
    set_error_handler(function ($no, $text, $file, $line) {
        throw new ErrorException($text, 0, $no, $file, $line);
    });
    $hooks = [];

    function add_hook($point, $priority, $function)
    {
        global $hooks;
        $hooks[$point][] = $function;
    }

    [, Capsule::$file, $what] = $argv;
    $addon = getenv('TB_ADDON');
    require "$addon/tollbridge.php";
    require "$addon/hooks.php";
    if ($what === 'activate') {
        Capsule::save(Capsule::data() + ['tbladdonmodules' => []]);
        echo json_encode([tollbridge_config(), tollbridge_activate(), tollbridge_activate()]);
    } elseif ($what === 'settings') {
        foreach (json_decode($argv[3], true) as $name => $value) {
            Capsule::table('tbladdonmodules')->where('setting', $name)->delete();
            Capsule::table('tbladdonmodules')->insert(
                ['module' => 'tollbridge', 'setting' => $name, 'value' => $value]);
        }
    } elseif ($what === 'hook') {
        $began = microtime(true);
        foreach ($hooks[$argv[3]] as $function) {
            $function(json_decode($argv[4], true));
        }
        echo round((microtime(true) - $began) * 1000);
    } elseif ($what === 'cron') {
        foreach ($hooks['AfterCronJob'] as $function) {
            $function([]);
        }
    } elseif ($what === 'page') {
        tollbridge_output((array) tollbridge_settings());
    } elseif ($what === 'points') {
        echo json_encode(array_keys($hooks));
    }
}
