using System.Net;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>What came back for an inference request.</summary>
internal sealed record InferenceAnswer(HttpStatusCode Status, string? Error, IReadOnlyDictionary<string, TestTensor> Outputs);
