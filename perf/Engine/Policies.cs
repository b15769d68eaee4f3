namespace Camshaft.EngineBenchmark;

/// <summary>The names of the scheduling policies that are compared.</summary>
internal static class Policies
{
    public const string Fifo = "fifo";

    public const string Deadline = "deadline";
}
