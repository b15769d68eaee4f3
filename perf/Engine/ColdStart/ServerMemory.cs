namespace Camshaft.EngineBenchmark.ColdStart;

/// <summary>What a server holds.</summary>
/// <param name="ReadyMebibytes">Anonymous memory when it was ready.</param>
/// <param name="AskedMebibytes">The same after the requests.</param>
/// <param name="Threads">Its threads then.</param>
internal sealed record ServerMemory(double ReadyMebibytes, double AskedMebibytes, int Threads);
