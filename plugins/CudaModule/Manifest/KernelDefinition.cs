using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>One launch of a model's sequence.</summary>
/// <param name="Name">The kernel's name in the module.</param>
/// <param name="Grid">Blocks in each direction.</param>
/// <param name="Block">Threads of a block in each direction.</param>
/// <param name="Shared">Bytes of shared memory beside what the kernel declares.</param>
/// <param name="Arguments">What it is given.</param>
internal sealed record KernelDefinition(string Name, Expression[] Grid, Expression[] Block, Expression Shared, KernelArgument[] Arguments)
{
    /// <summary>Compares the arguments with those that the kernel takes.</summary>
    /// <param name="byteSizes">The bytes of each that it takes.</param>
    /// <exception cref="ManifestException">They are not as many, or not as large.</exception>
    public void CheckArguments(IReadOnlyList<int> byteSizes)
    {
        if (!byteSizes.SequenceEqual(Arguments.Select(static argument => argument.ByteSize)))
        {
            throw new ManifestException(
                $"kernel '{Name}' takes arguments of {Format(byteSizes)} bytes; the manifest gives it arguments of {Format(Arguments.Select(static argument => argument.ByteSize))} ({string.Join(", ", Arguments.Select(static argument => argument.Text))})");
        }
    }

    private static string Format(IEnumerable<int> sizes) => $"[{string.Join(", ", sizes)}]";
}
