using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Finds what a recorded run would get wrong without an error. What cannot be recorded at all, control flow or nodes that the processors
/// run, ONNX Runtime refuses itself when the session is made.
/// </summary>
internal sealed unsafe class GraphObstacles(OrtEnvironment environment, OrtHandle session, string memoryName)
{
    /// <summary>Refuses a model with an input that the processors read: a recording would keep the value that it had then.</summary>
    /// <exception cref="BackendException">It has one.</exception>
    public void Refuse(ModelSource source, ModelSignature signature)
    {
        // Optional inputs are listed behind the others, and ONNX Runtime does not tell of them: their values are constants of the graph.
        var count = signature.Inputs.Count(static input => !input.IsOptional);
        if (signature.Inputs.FirstOrDefault(static input => input.IsOptional) is { } optional)
        {
            throw Create(source, optional.Name, "has a value of its own, which ONNX Runtime may read on the processors");
        }

        var places = new nint[count];
        var api = environment.Api;
        fixed (nint* addresses = places)
        {
            Check(api.SessionGetMemoryInfoForInputs(session.Value, addresses, (nuint)count), nameof(api.SessionGetMemoryInfoForInputs));
        }

        for (var i = 0; i < count; i++)
        {
            byte* name;
            Check(api.MemoryInfoGetName(places[i], &name), nameof(api.MemoryInfoGetName));
            if (Marshal.PtrToStringUTF8((nint)name) != memoryName)
            {
                throw Create(source, signature.Inputs[i].Name, "is read on the processors");
            }
        }

        void Check(nint status, string call) => api.ThrowIfFailed(status, call, source.ToString());
    }

    private static BackendException Create(ModelSource source, string input, string why) => new(
        StatusCode.Unsupported, $"{source}: '{ProviderOptions.CudaGraphs}' is on, but the input '{input}' {why}; a recorded run would keep the value that it had then. Expected '{ProviderOptions.CudaGraphs}: false'.");
}
