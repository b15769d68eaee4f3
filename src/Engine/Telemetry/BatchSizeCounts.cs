namespace Camshaft.Engine.Telemetry;

/// <summary>How many batches of one size ran well, and what they took together.</summary>
/// <param name="Rows">The rows of each.</param>
/// <param name="Count">How many there were.</param>
/// <param name="CopyIn">From the moment a lane took them until the backend was called.</param>
/// <param name="Run">In the backend.</param>
/// <param name="CopyOut">From there until the outputs were the requests'.</param>
public readonly record struct BatchSizeCounts(int Rows, long Count, TimeSpan CopyIn, TimeSpan Run, TimeSpan CopyOut);
