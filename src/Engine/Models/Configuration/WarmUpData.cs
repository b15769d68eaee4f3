namespace Camshaft.Engine.Models.Configuration;

/// <summary>What the elements of a sample's input are.</summary>
public abstract record WarmUpData
{
    private WarmUpData()
    {
    }

    /// <summary>Zeros; empty strings for BYTES.</summary>
    public sealed record Zeros : WarmUpData;

    /// <summary>Numbers from 0 to 1 for floating point, any others; empty strings for BYTES, as Triton has it.</summary>
    public sealed record Random : WarmUpData;

    /// <summary>The same value everywhere.</summary>
    /// <param name="Text">The value as written.</param>
    public sealed record Constant(string Text) : WarmUpData;

    /// <summary>Each element as it is listed, row-major.</summary>
    /// <param name="Texts">The values as written.</param>
    public sealed record Listed(IReadOnlyList<string> Texts) : WarmUpData;

    /// <summary>A file of the model's <c>warmup</c> directory: NumPy's where the name ends with .npy, else the tensor's bytes.</summary>
    /// <param name="FileName">The file's name, without a path.</param>
    public sealed record FromFile(string FileName) : WarmUpData;
}
