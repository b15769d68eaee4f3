using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Tests.Batching;

namespace Camshaft.Engine.Tests.Faults;

/// <summary>A backend gives a batch an output that does not fit the signature: every request of it is told, and nothing of the backend's stays out.</summary>
public sealed class WrongOutputInBatchTests
{
    private static readonly ModelSignature Signature = new([BatchHarness.Tensor("in", 0, -1, 1)], [BatchHarness.Tensor("out", 0, -1, 2)]);

    private int _given;
    private int _released;

    [Theory]
    [InlineData(false, 3, 12, "the backend gave output 'out' shape [3,3]; expected [-1,2].")]
    [InlineData(true, 3, 12, "the backend gave output 'out' shape [3,3]; expected [-1,2].")]
    [InlineData(false, 2, 20, "the backend gave output 'out' 20 bytes for INT32 [3,2].")]
    [InlineData(true, 2, 20, "the backend gave output 'out' 20 bytes for INT32 [3,2].")]
    public async Task A_wrong_output_of_a_batch_is_refused_and_given_back(bool isForeign, int width, int byteSize, string message)
    {
        var messages = new List<string>();
        await using (var batch = new BatchHarness(Signature, execution =>
        {
            try
            {
                return Give(execution, isForeign, width, byteSize);
            }
            catch (BackendException exception)
            {
                messages.Add(exception.Message);
                throw;
            }
        }))
        {
            await batch.BlockAsync();
            foreach (var number in new[] { 1, 2, 3 })
            {
                batch.Send(await batch.PrepareAsync(false, ([1, 1], [number])));
            }

            var answers = await batch.FinishAsync();

            Assert.All(answers, static answer => Assert.Equal(StatusCode.Internal, answer.Status.Code));
            Assert.Equal([3, 1, 1, 1], batch.RunRows);
        }

        Assert.Equal($"Model 'fake' version 1: {message}", messages[0]);
        Assert.Equal(isForeign ? 4 : 0, _given);
        Assert.Equal(_given, _released);
    }

    private ExecutionState Give(ModelExecution execution, bool isForeign, int width, int byteSize)
    {
        long[] shape = [execution.RowCount, width];
        if (!isForeign)
        {
            execution.AllocateOutput(0, DataType.Int32, shape, byteSize);
            return ExecutionState.Completed;
        }

        _given++;
        var memory = Marshal.AllocHGlobal(byteSize);
        execution.SetForeignOutput(0, DataType.Int32, shape, memory, byteSize, Release, memory);
        return ExecutionState.Completed;
    }

    private void Release(nint memory)
    {
        Interlocked.Increment(ref _released);
        Marshal.FreeHGlobal(memory);
    }
}
