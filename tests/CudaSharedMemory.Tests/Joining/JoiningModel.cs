using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Testing.Cuda;

namespace Camshaft.CudaSharedMemory.Tests.Joining;

/// <summary>
/// A model of rows that join: Y [rows, columns] = 2 X + 1 in one kernel. One batch of it runs at a time unless said otherwise, so that all that waits joins.
/// </summary>
internal static class JoiningModel
{
    public const string Name = "joining";
    public const string Kernel = "affine";
    public const int Columns = 10;
    public const int RowByteSize = Columns * sizeof(float);
    public const int MaxRows = 16;

    /// <summary>Adds it to a server's models.</summary>
    /// <param name="server">The server, before its start.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="dataType">The datatype of both tensors, of four bytes.</param>
    /// <param name="shape">The shape of the input.</param>
    /// <param name="outputShape">The shape of the output; null = the same.</param>
    /// <param name="concurrency">How many batches of it run at a time.</param>
    /// <param name="hasTwoOutputs">Whether there is a Z that is as Y, by another launch of the kernel.</param>
    /// <param name="addition">Further lines of its <c>model.yaml</c>.</param>
    public static void AddTo(GpuServer server, string name = Name, string device = "cuda", string dataType = "FP32", string shape = "rows, columns", string? outputShape = null, int concurrency = 1, bool hasTwoOutputs = false, string addition = "")
    {
        server.Simulation.Register(new SimulatedKernel(Kernel, [8, 8, 4], static launch =>
        {
            var count = launch.Get<int>(2);
            var source = launch.Read<float>(0, count);
            var target = launch.Write<float>(1, count);
            for (var i = 0; i < count; i++)
            {
                target[i] = (2 * source[i]) + 1;
            }
        }));
        server.Write($"{name}/model.yaml", $$"""
            backend: cuda_module
            device: {{device}}
            batching: { max_batch_size: {{MaxRows}} }
            limits: { concurrency: {{concurrency}} }
            warm_up: none
            {{addition}}
            """);
        server.Write($"{name}/1/module.ptx", $$"""
            .version 7.0
            .target sm_70
            .address_size 64
            .visible .entry {{Kernel}}(.param .u64 x, .param .u64 y, .param .u32 n)
            {
                ret;
            }
            """);
        string[] outputs = hasTwoOutputs ? ["Y", "Z"] : ["Y"];
        server.Write($"{name}/1/module.yaml", $$"""
            batch: rows
            inputs: [{ name: X, datatype: {{dataType}}, shape: [{{shape}}] }]
            outputs: [{{string.Join(", ", outputs.Select(output => $"{{ name: {output}, datatype: {dataType}, shape: [{outputShape ?? shape}] }}"))}}]
            kernels: [{{string.Join(", ", outputs.Select(static output => $"{{ name: {Kernel}, grid: [rows], block: [32], arguments: [X, {output}, u32 rows * columns] }}"))}}]
            """);
    }

    /// <summary>Numbers that no other has: a row, or several.</summary>
    public static float[] Numbers(int number, int rows = 1) => [.. Enumerable.Range(0, rows * Columns).Select(index => (number * 1000f) + index)];

    /// <summary>What the model makes of them.</summary>
    public static float[] Answer(int number, int rows = 1) => [.. Numbers(number, rows).Select(static value => (2 * value) + 1)];
}
