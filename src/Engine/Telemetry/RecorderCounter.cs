namespace Camshaft.Engine.Telemetry;

/// <summary>The plain numbers among a recorder's counters.</summary>
internal enum RecorderCounter
{
    Executions,
    Rows,
    InputBytes,
    OutputBytes,
    Refused,
    Untaken,
    RunErrors,
    WithinObjective,
    FailedOutputChecks,
    ErrorNanoseconds,
}
