using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Load.Targets;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Camshaft.EngineBenchmark.Targets;

/// <summary>A session that four client threads run, each with input values of its own into which a request's data is copied. Ends with <see cref="Dispose"/>.</summary>
internal sealed class SessionModel : ITargetModel, IDisposable
{
    private const int ClientCount = 4;

    // Of the old kind, since it is waited on.
    private readonly object _gate = new();
    private readonly Queue<TaskCompletionSource<SendResult>> _waiting = new();
    private readonly InferenceSession _session;
    private readonly RequestInput[] _inputs;
    private readonly List<Thread> _clients = [];
    private bool _isStopping;

    public SessionModel(InferenceSession session, RequestInput[] inputs)
    {
        _session = session;
        _inputs = inputs;
        for (var i = 0; i < ClientCount; i++)
        {
            var client = new Thread(Work) { IsBackground = true, Name = "client" };
            _clients.Add(client);
            client.Start();
        }
    }

    /// <summary>The datatypes that the models have.</summary>
    public static IReadOnlyDictionary<DataType, TensorElementType> ElementTypes { get; } = new Dictionary<DataType, TensorElementType>
    {
        [DataType.Float32] = TensorElementType.Float,
        [DataType.Int64] = TensorElementType.Int64,
    };

    public async ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<SendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(answer);
            Monitor.Pulse(_gate);
        }

        await using (cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource<SendResult>)state!).TrySetResult(SendResult.Abandoned), answer).ConfigureAwait(false))
        {
            return await answer.Task.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        _clients.ForEach(static client => client.Join());
        _session.Dispose();
    }

    private void Work()
    {
        var buffers = _inputs.Select(static input => GC.AllocateUninitializedArray<byte>(input.Data.Length, pinned: true)).ToList();
        var values = _inputs.Zip(buffers, CreateValue).ToList();
        using var options = new RunOptions();
        while (Take() is { } answer)
        {
            if (answer.Task.IsCompleted)
            {
                // Nobody waits for it any more.
                continue;
            }

            for (var i = 0; i < buffers.Count; i++)
            {
                _inputs[i].Data.CopyTo(buffers[i], 0);
            }

            _session.Run(options, _session.InputNames, values, _session.OutputNames).Dispose();
            answer.TrySetResult(SendResult.Ok);
        }

        values.ForEach(static value => value.Dispose());
    }

    private TaskCompletionSource<SendResult>? Take()
    {
        lock (_gate)
        {
            while (!_isStopping && _waiting.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            return _isStopping ? null : _waiting.Dequeue();
        }
    }

    // The buffer is immovable, and the thread holds it for as long as the value.
    private static OrtValue CreateValue(RequestInput input, byte[] buffer) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, ElementTypes[input.DataType], input.Shape, Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0), buffer.Length);
}
