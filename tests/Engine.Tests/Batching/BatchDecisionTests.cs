using Camshaft.Backends;
using Camshaft.Engine.Batching;

namespace Camshaft.Engine.Tests.Batching;

public sealed class BatchDecisionTests
{
    [Fact]
    public void What_cannot_join_does_not_whatever_was_measured()
    {
        var decision = BatchDecision.Make("output 'x' has no batch axis", null, Costs(1000, 1000, 1000));

        Assert.Equal(new BatchDecision(1, "output 'x' has no batch axis"), decision);
    }

    [Fact]
    public void The_configuration_wins_over_the_measurement() =>
        Assert.Equal(new BatchDecision(7, "as configured"), BatchDecision.Make(null, 7, Costs(1000, 4000)));

    [Fact]
    public void Rows_join_up_to_where_more_bring_little()
    {
        // Per row: 1000, 600, 510, 500 µs; at 4 rows nearly all of the gain is had.
        var decision = BatchDecision.Make(null, null, Costs(1000, 1200, 2040, 4000));

        Assert.Equal(4, decision.MaxRows);
        Assert.Equal("1.96 times as many rows a second at 4 as at 1", decision.Reason);
    }

    [Theory]
    [InlineData("joining gains too little: 1.00 times as many rows a second at best", 1000, 2100, 4400, 9000)]
    [InlineData("joining gains too little: 1.11 times as many rows a second at best", 1000, 1800, 3600)]
    [InlineData("a run takes 20 µs, less than joining", 20, 20, 20)]
    [InlineData("not measured", 1000)]
    [InlineData("not measured")]
    public void Where_it_does_not_pay_requests_run_alone(string reason, params int[] microseconds) =>
        Assert.Equal(new BatchDecision(1, reason), BatchDecision.Make(null, null, Costs(microseconds)));

    [Fact]
    public void What_keeps_requests_from_joining_is_named()
    {
        Assert.Null(BatchAxes.FindObstacle(BatchHarness.Rows));
        Assert.Equal("no input has a batch axis", Find([BatchHarness.Tensor("in", null, -1)], [BatchHarness.Tensor("out", 0, -1)]));
        Assert.Equal("output 'out' has no batch axis", Find([BatchHarness.Tensor("in", 0, -1)], [BatchHarness.Tensor("out", null, -1)]));
        Assert.Equal("input 'in' has a fixed batch dimension of 1", Find([BatchHarness.Tensor("in", 0, 1, 4)], [BatchHarness.Tensor("out", 0, -1)]));
        Assert.Equal("input 'in' has no dimension 2", Find([BatchHarness.Tensor("in", 2, -1, 4)], [BatchHarness.Tensor("out", 0, -1)]));
        Assert.Equal(
            "input 'in' is BYTES, which joins along axis 0 alone",
            Find([new TensorSpec("in", DataType.Bytes, new Shape(2, -1)) { BatchAxis = 1 }], [BatchHarness.Tensor("out", 0, -1)]));
    }

    private static string? Find(TensorSpec[] inputs, TensorSpec[] outputs) => BatchAxes.FindObstacle(new ModelSignature(inputs, outputs));

    private static RunCost[] Costs(params int[] microseconds) =>
        [.. microseconds.Select(static (time, index) => new RunCost(1 << index, TimeSpan.FromMicroseconds(time), TimeSpan.FromMicroseconds(time)))];
}
