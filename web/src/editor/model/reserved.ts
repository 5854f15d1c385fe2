/** What no node may be called: words of the expression language. A test compares it with the server's. */
export const RESERVED: ReadonlySet<string> = new Set(
  `
  abs acc add_months all and any args as assert async await base64_decode base64_encode between bool break
  capitalize ceil chunk clamp class coalesce compact contains continue count count_by crc32 date datetime days
  days_between deep_merge def default del dict difference duration elif else ends_with enumerate error event except
  execution exp false filter finally first flat_map flatten float floor for format_date from from_items get global
  group_by has hash hex_decode hex_encode hmac hours html_escape html_unescape if import in in_zone index index_by
  index_of input inputs int intersection invert is is_bool is_date is_empty is_int is_list is_null is_number
  is_object is_text is_unique item items join json json_parse keys lambda last len lines list log lower map
  map_values max mean median merge min minutes mode none nonlocal normalize not now null omit or pad parse_url
  partition pass pick product quantile query_string raise random random_int range reduce regex_escape regex_find_all
  regex_match regex_replace regex_search regex_split regex_test rename_keys replace return reversed round sample
  seconds sha256 shuffle sign slug sorted split sqrt start_of starts_with state stdev str sum timestamp title
  transpose trim true truncate try type_of union unique upper url_decode url_encode uuid values variance vars weeks
  while with without_null word_count workflow yield zip
`.split(/\s+/),
);
