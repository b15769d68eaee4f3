using Camshaft.EngineBenchmark.Reporting;

namespace Camshaft.EngineBenchmark.Copies;

/// <summary>Tells what the way of a request costs.</summary>
internal static class CopiesReport
{
    public static PartReport Create(IReadOnlyList<RequestWay> ways, IReadOnlyList<DecisionTime> decisions)
    {
        var table = new MarkdownTable("requests", "payload bytes", "rows a run", "copies of each payload byte", "managed bytes a request");
        foreach (var way in ways)
        {
            table.Add(way.Model, $"{way.PayloadByteSize:N0}", Text.Number(way.RowsPerRun), Text.Number(way.CopiesPerByte), Text.Number(way.AllocatedBytes));
        }

        var policies = new MarkdownTable("policy, 100 models with queues", "decision µs", "admission µs");
        foreach (var decision in decisions)
        {
            policies.Add(decision.Policy, Text.Number(decision.DecideMicroseconds), Text.Number(decision.AdmitMicroseconds));
        }

        return new PartReport("copies", "Copies, allocation, decisions")
        {
            Tables = [table, policies],
            Notes =
            [
                "Copies are those that the pool counted: from the caller's buffer into the row, and any that batching adds. What the model does is its own.",
                "Managed bytes are all of the process's, from making a request to the end of its answer.",
            ],
            Targets =
            [
                new Target("32 rows of 600 KB: copies of each payload byte", ways[0].CopiesPerByte, 1, ""),
                new Target("32 rows of 600 KB: managed bytes a request", Math.Round(ways[0].AllocatedBytes), 0, "bytes"),
                new Target("mnist through a lane: managed bytes a request", Math.Round(ways[1].AllocatedBytes), 0, "bytes"),
                new Target("a decision of the default policy at 100 models", decisions.Single(static decision => decision.Policy == Policies.Deadline).DecideMicroseconds, 1, "µs"),
            ],
            Figures = new { Requests = ways, Decisions = decisions },
        };
    }
}
