"""What SQLite can do, so that the suite tests it, and what it or the package in between cannot do at all.

What is not named here is as SQLAlchemy assumes it for any database. Every line was found by running the suite with
Python's own sqlite3; what only the dialect for libSQL or its package lacks is in known_failures.txt instead, except where
one refusal would take hundreds of cases along.
"""

from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements

YES = """
    autocommit binary_literals check_constraint_reflection computed_columns computed_columns_reflect_persisted
    computed_columns_stored computed_columns_virtual create_table_as ctes ctes_with_update_delete ctes_with_values
    date_historic datetime_historic datetime_literals dbapi_lastrowid expression_server_defaults
    fk_constraint_option_reflection_ondelete_noaction fk_constraint_option_reflection_ondelete_restrict
    fk_constraint_option_reflection_onupdate_restrict float_or_double_precision_behaves_generically
    foreign_key_constraint_name_reflection foreign_key_constraint_option_reflection_ondelete
    foreign_key_constraint_option_reflection_onupdate index_ddl_if_exists indexes_check_column_order
    indexes_with_expressions infinity_floats inline_check_constraint_reflection isolation_level json_type
    legacy_unconditional_json_extract nvarchar_types percent_schema_names precision_numerics_retains_significant_digits
    reflect_table_options reflects_pk_names regexp_match repeated_column_foreign_keys repeated_remote_col_foreign_keys
    savepoints server_defaults skip_autocommit_rollback supports_bitwise_and supports_bitwise_not supports_bitwise_or
    supports_bitwise_shift supports_bitwise_xor table_ddl_if_exists timestamp_microseconds tuple_in tuple_in_w_empty
    unicode_ddl update_from uuid_data_type views window_functions window_range window_range_numeric
""".split()

# Parentheses around a SELECT of a UNION, names for constraints that got none, the order of an index's columns:
# SQLite has none of these.
NO = """
    implicitly_named_constraints parens_in_union_contained_select_w_limit_offset
    parens_in_union_contained_select_wo_limit_offset reflect_indexes_with_ascdesc
""".split()

# A schema is an attached database for this dialect, and the server refuses ATTACH.
NO += ["schemas"]

# The package refuses CREATE TEMP TABLE and CREATE TEMP VIEW before it asks the server ("unsupported statement"); one
# such table is made for the whole class with most of the cases about reflection.
NO += ["has_temp_table", "temp_table_reflection"]


class Requirements(SuiteRequirements):
    """The requirements above, each a property as the suite expects it."""

    def get_order_by_collation(self, config):
        return "NOCASE"


for name in YES:
    setattr(Requirements, name, property(lambda self: exclusions.open()))
for name in NO:
    setattr(Requirements, name, property(lambda self: exclusions.closed()))
