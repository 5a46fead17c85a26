package net.quicsql.hrana.protobuf;

import java.util.List;
import net.quicsql.hrana.HranaError;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.problem.Problem;
import net.quicsql.sql.Column;

/** Parts that several messages have in common. Stateless. */
final class ProtobufParts {
    private ProtobufParts() {}

    /** The columns, as a repeated field. */
    static void columns(MessageOutput output, int field, List<Column> columns) {
        for (Column column : columns) {
            HranaMessages.Col.Builder col = HranaMessages.Col.newBuilder().setName(column.name());
            String declaredType = column.declaredType();
            if (declaredType != null) {
                col.setDecltype(declaredType);
            }
            output.message(field, col.build());
        }
    }

    static HranaMessages.Error error(Problem problem) {
        HranaError error = HranaErrors.of(problem);
        return HranaMessages.Error.newBuilder()
                .setMessage(error.message())
                .setCode(error.code())
                .build();
    }
}
