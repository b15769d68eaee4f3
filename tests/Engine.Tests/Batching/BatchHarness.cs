using System.Collections.Concurrent;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Batching;

/// <summary>
/// One lane and one model whose requests join. Another model keeps the lane busy until the test lets it go, so that what is
/// sent meanwhile is there when the lane is free.
/// </summary>
internal sealed class BatchHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Gate _gate = new();
    private readonly ConcurrentQueue<int> _runRows = new();
    private readonly ConcurrentQueue<int> _firstNumbers = new();
    private readonly Func<ModelExecution, ExecutionState> _execute;
    private readonly List<(InferenceRequest Request, Task<InferenceStatus> Answer)> _sent = [];
    private InferenceRequest? _blocker;
    private Task<InferenceStatus>? _blocking;

    public BatchHarness(ModelSignature? signature = null, Func<ModelExecution, ExecutionState>? execute = null, int maxRows = 8, int queueLimit = 100, BatchingConfiguration? batching = null, TimeProvider? timeProvider = null, IReadOnlyList<TensorConfiguration>? outputs = null, IMemorySource? memorySource = null)
    {
        _execute = execute ?? AddOne;
        Harness = new Harness(_gate.Execute, laneCount: 1, timeProvider: timeProvider, budgetByteSize: 64 << 20, memorySource: memorySource);
        Model = Harness.AddModel(new FakeModel(signature ?? Rows, Execute), queueLimit, maxRows: maxRows, batching: batching, outputs: outputs);
    }

    /// <summary>Rows of four numbers in, rows of four numbers out.</summary>
    public static ModelSignature Rows { get; } = new([Tensor("in", 0, Shape.Variable, 4)], [Tensor("out", 0, Shape.Variable, 4)]);

    public Harness Harness { get; }

    public ModelVersion Model { get; }

    /// <summary>How many rows each run had.</summary>
    public IReadOnlyCollection<int> RunRows => _runRows;

    /// <summary>The first number that each run was given.</summary>
    public IReadOnlyCollection<int> FirstNumbers => _firstNumbers;

    public static TensorSpec Tensor(string name, int? axis, params ReadOnlySpan<long> shape)
    {
        var symbols = new string?[shape.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            symbols[i] = shape[i] == Shape.Variable ? (i == axis ? "n" : $"d{i}") : null;
        }

        return new TensorSpec(name, DataType.Int32, new Shape(shape)) { BatchAxis = axis, Symbols = symbols };
    }

    /// <summary>Every number of the first input, and one more.</summary>
    public static ExecutionState AddOne(ModelExecution execution)
    {
        Assert.True(execution.TryGetOutput(0, out var output));
        var input = execution.GetInput(0);
        Assert.Equal(input.Shape.ToArray(), output.Shape.ToArray());
        Write(input, output);
        return ExecutionState.Completed;
    }

    public static void Write(in TensorView input, in TensorView output)
    {
        for (var i = 0; i < input.AsSpan<int>().Length; i++)
        {
            output.AsSpan<int>()[i] = input.AsSpan<int>()[i] + 1;
        }
    }

    /// <summary>Keeps the lane busy from now on.</summary>
    public async Task BlockAsync()
    {
        _blocker = await Harness.PrepareAsync(null, 1);
        _blocking = _blocker.RunAsync().AsTask();
        await _gate.EnteredAsync();
    }

    /// <summary>Makes a request.</summary>
    public async Task<InferenceRequest> PrepareAsync(bool fillsAtOnce, params (long[] Shape, int[] Values)[] inputs)
    {
        var request = Model.TryCreateRequest()!;
        request.FillsAtOnce = fillsAtOnce;
        for (var i = 0; i < inputs.Length; i++)
        {
            Harness.Expect(request.DeclareInput(i, DataType.Int32, inputs[i].Shape, inputs[i].Values.Length * sizeof(int)));
        }

        Harness.Expect(await request.ReserveAsync(CancellationToken.None));
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i].Values.CopyTo(request.GetInput(i).AsSpan<int>());
        }

        return request;
    }

    /// <summary>Sends a request; <see cref="FinishAsync"/> has its answer.</summary>
    public InferenceRequest Send(InferenceRequest request)
    {
        _sent.Add((request, request.RunAsync().AsTask()));
        return request;
    }

    /// <summary>Sends requests of one row each, a number four times.</summary>
    public async Task SendRowsAsync(bool fillsAtOnce, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            Send(await PrepareAsync(fillsAtOnce, ([1, 4], [number, number, number, number])));
        }
    }

    /// <summary>Lets the lane go and waits for every answer.</summary>
    /// <returns>For each request in turn, how it ended and its first output.</returns>
    public async Task<IReadOnlyList<(InferenceStatus Status, int[] Output)>> FinishAsync()
    {
        _gate.Open();
        Harness.Expect(await _blocking!.WaitAsync(Patience));
        _blocker!.Dispose();
        var answers = new List<(InferenceStatus, int[])>();
        foreach (var (request, answer) in _sent)
        {
            var status = await answer.WaitAsync(Patience);
            answers.Add((status, status.IsOk ? request.GetOutput(0).AsSpan<int>().ToArray() : []));
        }

        _sent.ForEach(static sent => sent.Request.Dispose());
        _sent.Clear();
        return answers;
    }

    /// <summary>Waits until the blocking run is over and the lane has looked at what waits.</summary>
    public async Task SettledAsync()
    {
        await _blocking!.WaitAsync(Patience);
        using var timeout = new CancellationTokenSource(Patience);
        while (!Harness.Scheduler.IsIdle)
        {
            await Task.Delay(1, timeout.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Model.BeginDraining();
        await Model.UnloadAsync().WaitAsync(Patience);
        await Harness.DisposeAsync();
    }

    private ExecutionState Execute(ModelExecution execution)
    {
        _runRows.Enqueue(execution.RowCount);
        _firstNumbers.Enqueue(execution.GetInput(0).AsSpan<int>()[0]);
        return _execute(execution);
    }
}
