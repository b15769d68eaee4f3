namespace Camshaft.Transport.Http.Infer;

/// <summary>What a request's JSON says of one requested output.</summary>
internal struct OutputHead
{
    public TextRange Name;

    public bool IsBinary;
}
