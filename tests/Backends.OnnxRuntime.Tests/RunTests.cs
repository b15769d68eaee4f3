using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>Runs that end badly, early, or beside each other.</summary>
public sealed class RunTests
{
    // Far more than a run needs to end; reached only when it does not.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Endless_run_ends_when_its_token_is_set()
    {
        using var model = LoadedModel.Of(Models.Endless());
        using var execution = model.Execution(TestTensor.Of([], 0f));
        using var cancellation = new CancellationTokenSource();
        var run = Task.Factory.StartNew(() => execution.Run(model.Instance, cancellation.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await execution.Started;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(Timeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Instance_runs_again_after_a_terminated_run()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder().Input("x", DataType.Float32).Output("y", DataType.Float32).Node("Add", ["x", "x"], ["y"]));
        using var execution = model.Execution(TestTensor.Of([], 4f));
        using var cancellation = new CancellationTokenSource();

        // The token is set between the check at the start and the run itself, so that the run options are terminated.
        execution.Offering += cancellation.Cancel;
        Assert.Throws<OperationCanceledException>(() => execution.Run(model.Instance, cancellation.Token));
        execution.Run(model.Instance);
        Assert.Equal(TestTensor.Of([], 8f), execution.ReadOutput("y"));
    }

    [Fact]
    public async Task Terminating_one_run_leaves_its_neighbour_alone()
    {
        using var directory = new TempDirectory();
        using var model = Plugin.Load(directory.Write("model.onnx", Models.Endless().Build()));
        using var first = model.CreateInstance(new TestDevice().CreateLane(0));
        using var second = model.CreateInstance(new TestDevice().CreateLane(1));
        using var firstExecution = new TestExecution(model.Signature, [TestTensor.Of([], 0f)]);
        using var secondExecution = new TestExecution(model.Signature, [TestTensor.Of([], 0f)]);
        using var firstCancellation = new CancellationTokenSource();
        using var secondCancellation = new CancellationTokenSource();
        var firstRun = Task.Run(() => firstExecution.Run(first, firstCancellation.Token), TestContext.Current.CancellationToken);
        var secondRun = Task.Run(() => secondExecution.Run(second, secondCancellation.Token), TestContext.Current.CancellationToken);
        await Task.WhenAll(firstExecution.Started, secondExecution.Started);

        await firstCancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => firstRun.WaitAsync(Timeout, TestContext.Current.CancellationToken));
        Assert.False(secondRun.IsCompleted);
        await secondCancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => secondRun.WaitAsync(Timeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Operator_that_refuses_the_values_is_the_clients_fault_and_named()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("y", DataType.Float32, "2", "")
            .Initializer("shape", TestTensor.Of(DataType.Int64, [2], 2L, -1L))
            .Node("Reshape", ["x", "shape"], ["y"]));
        var refusal = Assert.Throws<BackendException>(() => model.Run(TestTensor.Of([3], 1f, 2f, 3f)));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.StartsWith("Model 'm' version 3: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Reshape", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_run_leaves_the_instance_usable_and_the_log_quiet()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Input("w", DataType.Float32, "M")
            .Output("y", DataType.Float32, "")
            .Node("Add", ["x", "w"], ["y"]));
        var before = Plugin.Loaded.Log.Entries.Count(entry => entry.Level == BackendLogLevel.Error);
        Assert.Throws<BackendException>(() => model.Run(TestTensor.Of([2], 1f, 2f), TestTensor.Of([3], 1f, 2f, 3f)));

        Assert.Equal(TestTensor.Of([2], 2f, 4f), model.Run(TestTensor.Of([2], 1f, 2f), TestTensor.Of([2], 1f, 2f))["y"]);
        Assert.Equal(before, Plugin.Loaded.Log.Entries.Count(entry => entry.Level == BackendLogLevel.Error));
    }

    [Fact]
    public void Run_that_needs_more_memory_than_there_is_is_resource_exhausted()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("shape", DataType.Int64, "4")
            .Output("y", DataType.Float32, "", "", "", "")
            .Node("ConstantOfShape", ["shape"], ["y"]));
        var refusal = Assert.Throws<BackendException>(() => model.Run(TestTensor.Of(DataType.Int64, [4], 1L << 12, 1L << 12, 1L << 12, 1L << 12)));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
    }

    [Fact]
    public void Unused_instance_refuses_to_run_once_disposed()
    {
        using var model = LoadedModel.Of(Models.Double());
        using var execution = model.Execution(TestTensor.Of([1], 1f));
        model.Instance.Dispose();

        Assert.Throws<ObjectDisposedException>(() => execution.Run(model.Instance));
    }
}
