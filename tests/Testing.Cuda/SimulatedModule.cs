using Camshaft.Backends.Cuda.Native;
using Camshaft.Testing.Cuda.Ptx;
using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda;

/// <summary>A module made from PTX: assembled when it is loaded, and interpreted when its kernels are launched.</summary>
internal sealed class SimulatedModule(SimulatedGpu device, IReadOnlyDictionary<string, SimulatedKernel> kernels) : SimulatedObject("cuModuleLoadDataEx", device)
{
    // The newest PTX that a driver for a version of CUDA takes, times ten. By the release history of the PTX manual.
    private static readonly (int Cuda, int Ptx)[] Versions =
    [
        (12000, 80), (12010, 81), (12020, 82), (12030, 83), (12040, 84), (12050, 85), (12070, 86), (12080, 87), (12090, 88), (13000, 90),
    ];

    /// <summary>Its kernels, by their names.</summary>
    public IReadOnlyDictionary<string, SimulatedKernel> Kernels => kernels;

    /// <summary>Assembles a text.</summary>
    /// <returns>Null when that fails; <paramref name="status"/> and <paramref name="log"/> say why.</returns>
    public static SimulatedModule? Load(SimulatedDriver driver, SimulatedGpu device, string text, out CudaStatus status, out string log)
    {
        if (driver.ModuleRefusal is { } refusal)
        {
            driver.ModuleRefusal = null;
            (log, status) = refusal;
            return null;
        }

        if (PtxAssembler.ReadVersion(text) > Versions.Last(pair => pair.Cuda <= Math.Max(driver.Options.Version, Versions[0].Cuda)).Ptx)
        {
            (log, status) = ("", CudaStatus.UnsupportedPtxVersion);
            return null;
        }

        var assembled = PtxAssembler.Assemble(text, SimulatedGpu.ComputeCapability, out log);
        status = log.Length > 0 ? CudaStatus.InvalidPtx : CudaStatus.Success;
        return log.Length > 0 ? null : new SimulatedModule(device, assembled.ToDictionary(static kernel => kernel.Name, kernel => Interpret(driver, kernel)));
    }

    private static SimulatedKernel Interpret(SimulatedDriver driver, PtxKernel kernel) => new(
        kernel.Name,
        [.. kernel.Parameters.Select(static parameter => parameter.ByteSize)],
        launch => new PtxLaunch(kernel, launch, unchecked((driver.Options.Seed * 397) ^ driver.KernelCount)).Run())
    {
        MostThreads = kernel.MostThreads,
        RequiredThreads = kernel.RequiredThreads,
        SharedByteSize = kernel.Shared.ByteSize,
    };
}
